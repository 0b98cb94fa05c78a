import type { ChurnResult } from '../../result/churn-result.js'
import type { PredictResult } from '../../result/predict-result.js'
import type { RepeatResult } from '../../result/repeat-result.js'
import type { RunResult } from '../../result/run-result.js'
import type { SweepResult } from '../../result/sweep-result.js'
import type { ClaimsResult, SelectorsResult } from '../../result/verify-result.js'
import { churnBody } from './churn.js'
import { documentOf } from './document.js'
import { predictBody, selectorsBody } from './models.js'
import type { Body } from './parts.js'
import { repeatBody } from './repeat.js'
import { runBody } from './run.js'
import { sweepBody } from './sweep.js'
import { verifyBody } from './verify.js'

/** A result that a page can show: of every command that has one. */
export type PageResult =
  RunResult | ChurnResult | RepeatResult | SweepResult | ClaimsResult | SelectorsResult | PredictResult

/**
 * One result or several as a page of HTML that needs nothing else: no network, no script to be read. The results are in it
 * as they are, and `embeddedResults` has them again. It loads hdr-histogram-js.
 */
export function page(results: readonly PageResult[]): string {
  return documentOf(results.map((result) => ({ result, body: bodyOf(result) })))
}

function bodyOf(result: PageResult): Body {
  switch (result.schema) {
    case 'rpbench/run@1':
      return runBody(result)
    case 'rpbench/churn@1':
      return churnBody(result)
    case 'rpbench/repeat@1':
      return repeatBody(result)
    case 'rpbench/sweep@1':
      return sweepBody(result)
    case 'rpbench/predict@1':
      return predictBody(result)
    default:
      return 'cases' in result ? selectorsBody(result) : verifyBody(result)
  }
}
