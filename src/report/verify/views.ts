import type { ClaimsResult } from '../../result/verify-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderVerifyText } from './text.js'

export const VERIFY_VIEWS: Views<ShownResult<ClaimsResult>> = {
  text: { render: ({ result }, options) => renderVerifyText(result, options) },
  json: jsonView,
}
