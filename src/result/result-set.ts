import type { ChurnResult } from './churn-result.js'
import type { RepeatResult } from './repeat-result.js'
import type { RunResult } from './run-result.js'

/** One of several results of the same plan. */
export interface SetResult {
  /** where it is from, such as the path of its file */
  source: string
  result?: RunResult | ChurnResult
  /** why there is none, as a sentence */
  error?: string
}

/** Results that stand for one thing, each a repetition of the others. */
export interface ResultSet {
  /** as the user named it */
  name: string
  results: readonly SetResult[]
  /** files of a folder or a pattern that have no such result */
  skipped: readonly { file: string; why: string }[]
}

/** The results in a saved one: each repetition, or itself. */
export function resultsIn(saved: RunResult | ChurnResult | RepeatResult, source: string): SetResult[] {
  if (!('repetitions' in saved)) return [{ source, result: saved }]
  return saved.repetitions.map(({ index, run, churn, error }) => {
    const result = run ?? churn
    return {
      source: `${source}#${index + 1}`,
      ...(result && { result }),
      ...(error && { error: error.message }),
    }
  })
}
