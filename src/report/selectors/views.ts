import type { SelectorsResult } from '../../result/verify-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderSelectorsText } from './text.js'

export const SELECTORS_VIEWS: Views<ShownResult<SelectorsResult>> = {
  text: { render: ({ result }, options) => renderSelectorsText(result, options) },
  json: jsonView,
}
