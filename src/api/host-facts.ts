import { availableParallelism } from 'node:os'
import { cpusAllowed } from '../host/cpu-time.js'
import { ioUringRefusal } from '../host/io-uring.js'
import { ephemeralPortRange, openFileCount, openFileLimit, requireProc } from '../host/limits.js'
import type { HostFacts, RunRequest } from '../plan/run-plan.js'

/**
 * What this host allows, as far as a plan depends on it.
 * @param engine of the client, where it was asked for
 * @throws RpbenchError RPB_HOST where that cannot be known
 */
export function hostFacts(engine?: RunRequest['engine']): HostFacts {
  requireProc()
  const refusal = engine === 'epoll' ? undefined : ioUringRefusal()
  return {
    cpus: availableParallelism(),
    allowedCpus: cpusAllowed(),
    ephemeralPorts: ephemeralPortRange(),
    openFiles: { limit: openFileLimit(), used: openFileCount() },
    ...(refusal !== undefined && { ioUringRefusal: refusal }),
  }
}
