import type { ListResult } from '../../result/headline.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderListText } from './text.js'

export const LIST_VIEWS: Views<ShownResult<ListResult>> = {
  text: { render: ({ result }, options) => renderListText(result, options) },
  json: jsonView,
}
