import type { RunPlan } from '../plan/run-plan.js'
import { basisOf } from '../plan/steering.js'
import { parseThreshold, refuseUnmeasured, type Judgeable, type Threshold } from '../plan/thresholds.js'

const FLAG = '--threshold'

/**
 * Reads the thresholds of a command.
 * @throws RpbenchError (wrong usage) naming the one that is none, or that these plans cannot measure
 */
export function readThresholds(
  texts: readonly string[] | undefined,
  of: Omit<Judgeable, 'search'> & { search?: boolean },
): Threshold[] {
  const thresholds = (texts ?? []).map((text) => parseThreshold(text, FLAG))
  refuseUnmeasured(thresholds, { search: false, ...of }, FLAG)
  return thresholds
}

/** What plans can measure: all that any of them can. */
export function judgeable(
  plans: readonly (Pick<RunPlan, 'rateHz' | 'steering' | 'observeHash'> &
    Partial<Pick<RunPlan, 'dispatch'>>)[],
): Omit<Judgeable, 'command' | 'search'> {
  return {
    openLoop: plans.some(({ rateHz }) => rateHz !== undefined),
    byFlow: plans.some((plan) => basisOf(plan) === 'flow'),
    observeHash: plans.some(({ observeHash }) => observeHash),
  }
}
