import type { ChurnResult } from '../../result/churn-result.js'
import { hdrLog } from '../hdr-log.js'
import { hgrmOf } from '../hgrm.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { changesCsv } from './changes-csv.js'
import { renderChurnText } from './text.js'

export const CHURN_VIEWS: Views<ShownResult<ChurnResult>> = {
  text: { render: ({ result }, options) => renderChurnText(result, options) },
  json: jsonView,
  changes: { ending: '-changes.csv', render: ({ result }) => changesCsv(result) },
  hgrm: { flag: 'hgrm', render: ({ result }) => hgrmOf([result]) },
  hdrLog: { flag: 'hdr-log', render: ({ result }) => hdrLog(result.tool.version, [result]) },
}
