import type { ServeResult } from '../../result/serve-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderServeText } from './text.js'

export const SERVE_VIEWS: Views<ShownResult<ServeResult>> = {
  text: { render: ({ result }, options) => renderServeText(result, options) },
  json: jsonView,
}
