import { judgeResult, type JudgedResult } from '../metrics/judged.js'
import type { RunPlan } from '../plan/run-plan.js'
import { basisOf } from '../plan/steering.js'
import { parseThreshold, refuseUnmeasured, type Judgeable, type Threshold } from '../plan/thresholds.js'
import { usageError } from '../errors.js'

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

/**
 * A saved result with how it fares against thresholds, in place of those that were set when it was measured.
 * @throws RpbenchError (wrong usage) as `readThresholds`, and where there is none
 */
export function checked(result: JudgedResult, texts: readonly string[] = []): JudgedResult {
  if (texts.length === 0)
    throw usageError(`Say what to check: ${FLAG} with a limit, such as 'loss.share<0.1%'.`)
  const search = 'capacity' in result && result.capacity !== undefined
  const thresholds = readThresholds(texts, {
    command: commandOf(result),
    openLoop: true,
    byFlow: true,
    observeHash: true,
    search,
  })
  return { ...result, thresholds: judgeResult(result, thresholds) }
}

function commandOf(result: JudgedResult): Judgeable['command'] {
  switch (result.schema) {
    case 'rpbench/churn@1':
      return 'churn'
    case 'rpbench/repeat@1':
      return result.of
    case 'rpbench/sweep@1':
      return 'sweep'
    case 'rpbench/verify@1':
      return 'verify'
    default:
      return 'run'
  }
}
