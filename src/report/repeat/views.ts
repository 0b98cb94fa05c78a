import type { RepeatResult } from '../../result/repeat-result.js'
import { hdrLog } from '../hdr-log.js'
import { hgrmOf, type Measured } from '../hgrm.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { repetitionsCsv } from './csv.js'
import { renderRepeatText } from './text.js'

export const REPEAT_VIEWS: Views<ShownResult<RepeatResult>> = {
  text: { render: ({ result }, options) => renderRepeatText(result, options) },
  json: jsonView,
  repetitions: { ending: '.csv', render: ({ result }) => repetitionsCsv(result) },
  hgrm: { flag: 'hgrm', render: ({ result }) => hgrmOf(measuredIn(result)) },
  hdrLog: { flag: 'hdr-log', render: ({ result }) => hdrLog(result.tool.version, measuredIn(result)) },
}

const measuredIn = ({ repetitions }: RepeatResult): Measured[] =>
  repetitions.flatMap(({ run, churn }) => run ?? churn ?? [])
