import { hostIdentity } from '../host/identity.js'
import { requireProc } from '../host/limits.js'
import type { SelectorsResult } from '../result/verify-result.js'
import { runCase } from './selectors/case.js'
import { listenerCases } from './selectors/listener-cases.js'
import { lookupCases } from './selectors/lookup-cases.js'
import { programCases } from './selectors/program-cases.js'
import { VERIFY_SCHEMA } from '../result/schema-names.js'

/**
 * Puts to the test what the kernel's own selftests assert of a reuseport group of UDP sockets and of TCP listeners, and what docs/kernel.md
 * says of its array, with real datagrams and connections over loopback.
 * @throws RpbenchError where there is no /proc
 */
export function verifySelectors(toolVersion: string): SelectorsResult {
  requireProc()
  const startedAt = new Date().toISOString()
  return {
    schema: VERIFY_SCHEMA,
    tool: { name: 'rpbench', version: toolVersion },
    host: hostIdentity(),
    startedAt,
    cases: [...programCases, ...lookupCases, ...listenerCases].map(runCase),
  }
}
