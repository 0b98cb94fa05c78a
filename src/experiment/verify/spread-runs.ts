import { drawOf } from '../../plan/verify-plan.js'
import type { RunResult } from '../../result/run-result.js'
import { measureRun, type Setting } from './setting.js'

/**
 * The independent draws that affinity and balance rest on: each with a new server port, other source ports and fresh
 * processes (docs/method.md, "Repetition").
 * @returns those that came to their end, and one that failed; fewer than planned then, and when interrupted
 */
export async function measureDraws(setting: Setting): Promise<RunResult[]> {
  const { plan } = setting
  const results: RunResult[] = []
  for (let i = 0; i < plan.repetitions; i++) {
    const outcome = await measureRun(setting, drawOf(plan, i), {
      what: 'draw',
      of: `run ${i + 1} of ${plan.repetitions} · affinity and balance`,
    })
    if (outcome === undefined) break
    results.push(outcome.result)
    // Where a member died or nobody answered, further draws tell nothing more: the claims cannot be told.
    if (outcome.result.stopped === 'failed') break
  }
  return results
}
