import type { Figure } from '../../result/repeat-result.js'
import type { RunResult } from '../../result/run-result.js'
import type { ChurnResult } from '../../result/churn-result.js'

export function figuresOf(_results: readonly (RunResult | ChurnResult)[]): Figure[] {
  return []
}
