import { isJudged, judgeResult, type JudgedResult } from '../metrics/judged.js'
import type { MeasuringCommand } from '../plan/metrics/row.js'
import { kindOf, type SavedResult } from '../result/saved-result.js'
import { usageError } from '../errors.js'
import { readThresholds, type ThresholdTexts } from './read-thresholds.js'

/**
 * A saved result with how it fares against thresholds, in place of those that were set when it was measured.
 * @throws RpbenchError (wrong usage) as `readThresholds`, and where its kind has no metrics
 */
export function heldAgainst(saved: SavedResult, texts: ThresholdTexts): JudgedResult {
  const result = judgeable(saved)
  const thresholds = readThresholds(texts, {
    command: commandOf(result),
    openLoop: true,
    byFlow: true,
    observeHash: true,
    connections: true,
    dns: true,
    http: true,
    search: 'capacity' in result && result.capacity !== undefined,
  })
  return { ...result, thresholds: judgeResult(result, thresholds) }
}

function judgeable(result: SavedResult): JudgedResult {
  if (isJudged(result)) return result
  throw usageError(
    `A result of ${kindOf(result)!} has no metrics that --threshold could limit: name one of a run, churn, sweep or verification.`,
  )
}

/** The command that made a result. Errors as those of `heldAgainst`. */
export function commandOf(saved: SavedResult): MeasuringCommand {
  const result = judgeable(saved)
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
