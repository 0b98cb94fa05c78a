import type { AttachResult } from '../../result/attach-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderAttachText } from './text.js'

export const ATTACH_VIEWS: Views<ShownResult<AttachResult>> = {
  text: { render: ({ result }, options) => renderAttachText(result, options) },
  json: jsonView,
}
