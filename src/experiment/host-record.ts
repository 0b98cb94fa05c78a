import { judgeTraits } from '../advice/traits/table.js'
import { readHostTraits } from '../host/host-traits.js'
import { hostIdentity } from '../host/identity.js'
import { usesRing } from '../plan/engine.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { SomeReadings } from '../recording/trait-readings.js'
import type { RunResult } from '../result/run-result.js'

/**
 * What this machine is, and what is set here, for a result: read in some ten milliseconds, so when nothing is measured.
 * @param plan what was run, which tells whether io_uring was used
 */
export function hostRecord(plan?: Pick<RunPlan, 'engine' | 'engineFallback'>): RunResult['host'] {
  const traits = judgeTraits({ ...readHostTraits(), ...(plan && engineReading(plan)) })
  return { ...hostIdentity(), traits: traits.map(({ id, status, observed }) => ({ id, status, observed })) }
}

/** Nothing where the user chose one that does without it. */
function engineReading({
  engine,
  engineFallback: refused,
}: Parameters<typeof hostRecord>[0] & object): SomeReadings {
  if (refused !== undefined) return { 'io-uring': { refused } }
  return usesRing(engine) ? { 'io-uring': { used: true } } : {}
}
