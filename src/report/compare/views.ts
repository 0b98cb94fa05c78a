import type { CompareResult } from '../../result/compare-result.js'
import type { RepeatResult } from '../../result/repeat-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderCompareText } from './text.js'

/** A comparison of runs that were made for it, with these. */
export interface ShownPairs extends ShownResult<CompareResult> {
  base: RepeatResult
  next: RepeatResult
}

export const COMPARE_VIEWS: Views<ShownResult<CompareResult>> = {
  text: { render: ({ result }, options) => renderCompareText(result, options) },
  json: jsonView,
}

/** The runs of each side are saved as repetitions, which can be compared with others later. */
export const PAIRS_VIEWS: Views<ShownPairs> = {
  ...COMPARE_VIEWS,
  base: { ending: '-base.json', render: ({ base }, options) => jsonView.render({ result: base }, options) },
  new: { ending: '-new.json', render: ({ next }, options) => jsonView.render({ result: next }, options) },
}
