import type { FlowRow, RunResult } from '../../result/run-result.js'
import { hdrLog } from '../hdr-log.js'
import { hgrmOf } from '../hgrm.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { flowsCsv } from './flows-csv.js'
import { membersCsv } from './members-csv.js'
import { renderRunText } from './text.js'

export interface ShownRun extends ShownResult<RunResult> {
  flows: Iterable<FlowRow>
}

export const RUN_VIEWS: Views<ShownRun> = {
  text: { render: ({ result }, options) => renderRunText(result, options) },
  json: jsonView,
  members: { ending: '-members.csv', render: ({ result }) => membersCsv(result) },
  flows: { ending: '-flows.csv', render: ({ flows }) => flowsCsv(flows) },
  hgrm: { flag: 'hgrm', render: ({ result }) => hgrmOf([result]) },
  hdrLog: { flag: 'hdr-log', render: ({ result }) => hdrLog(result.tool.version, [result]) },
}
