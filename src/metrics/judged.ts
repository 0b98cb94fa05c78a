import type { Threshold } from '../plan/thresholds.js'
import type { ChurnResult } from '../result/churn-result.js'
import type { RepeatResult } from '../result/repeat-result.js'
import type { RunResult } from '../result/run-result.js'
import { kindOf, type SavedResult } from '../result/saved-result.js'
import type { SweepResult } from '../result/sweep-result.js'
import type { ThresholdResult } from '../result/thresholds.js'
import type { ClaimsResult } from '../result/verify-result.js'
import { judgeThreshold } from './judge.js'
import { measuredAtPoint, measuredOf, measuredOfClaims, type Measured } from './measured.js'

/** A result that limits can be set for. */
export type JudgedResult = RunResult | ChurnResult | RepeatResult | SweepResult | ClaimsResult

/** Whether limits can be set for a result: it was measured, and has metrics. */
export function isJudged(result: SavedResult): result is JudgedResult {
  const kind = kindOf(result)
  return kind !== 'selectors' && kind !== 'predict' && kind !== 'compare' && kind !== 'attach'
}

/** How a result fares against thresholds: each once, of a sweep once at each point. */
export function judgeResult(result: JudgedResult, thresholds: readonly Threshold[]): ThresholdResult[] {
  if ('points' in result)
    return result.points.flatMap(({ index, flags }) => {
      const measured = measuredAtPoint(result, index)
      const point = Object.keys(flags).length > 0 ? { point: flags } : {}
      return thresholds.map((threshold) => ({ ...judgeThreshold(threshold, measured), ...point }))
    })
  const measured = measuredIn(result)
  return thresholds.map((threshold) => judgeThreshold(threshold, measured))
}

/** A result with how it fares against thresholds; as it is where there are none. */
export function judged<Result extends JudgedResult>(
  result: Result,
  thresholds: readonly Threshold[],
): Result {
  return thresholds.length === 0 ? result : { ...result, thresholds: judgeResult(result, thresholds) }
}

function measuredIn(result: Exclude<JudgedResult, SweepResult>): Measured[] {
  if ('claims' in result && !('repetitions' in result)) return measuredOfClaims(result)
  if ('repetitions' in result)
    return result.repetitions.flatMap(({ run, churn }) => {
      const done = run ?? churn
      return done === undefined || done.stopped !== undefined ? [] : [measuredOf(done)]
    })
  return [measuredOf(result)]
}
