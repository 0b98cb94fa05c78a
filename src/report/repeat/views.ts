import type { RepeatResult } from '../../result/repeat-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { repetitionsCsv } from './csv.js'
import { renderRepeatText } from './text.js'

export const REPEAT_VIEWS: Views<ShownResult<RepeatResult>> = {
  text: { render: ({ result }, options) => renderRepeatText(result, options) },
  json: jsonView,
  repetitions: { ending: '.csv', render: ({ result }) => repetitionsCsv(result) },
}
