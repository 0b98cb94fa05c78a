import type { CompareResult } from '../../result/compare-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderCompareText } from './text.js'

export const COMPARE_VIEWS: Views<ShownResult<CompareResult>> = {
  text: { render: ({ result }, options) => renderCompareText(result, options) },
  json: jsonView,
}
