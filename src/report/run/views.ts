import type { FlowRow, RunResult } from '../../result/run-result.js'
import { formatCount } from '../../units/format.js'
import { hdrLog } from '../hdr-log.js'
import { hgrmOf } from '../hgrm.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { flowsCsv } from './flows-csv.js'
import { membersCsv } from './members-csv.js'
import { renderRunText } from './text.js'

/** How a result of merged shards is shown: rows of flows stand in the files of the shards. */
export const MERGE_VIEWS: Views<ShownResult<RunResult>> = {
  text: { render: ({ result }, options) => renderRunText(result, options) },
  json: jsonView,
  file: { flag: 'output', render: jsonView.render },
  hgrm: { flag: 'hgrm', render: ({ result }) => hgrmOf([result]) },
  hdrLog: { flag: 'hdr-log', render: ({ result }) => hdrLog(result.tool.version, [result]) },
}

export interface ShownRun extends ShownResult<RunResult> {
  flows: Iterable<FlowRow>
}

/** A file of more rows is only written where it is asked for: nobody reads them, and they are 40 bytes each. */
const MOST_ROWS = 1_000_000

/** @param csv whether there is to be a file with a row a flow; up to a million flows when absent */
export const runViews = (flows: number, csv = flows <= MOST_ROWS): Views<ShownRun> => ({
  text: { render: ({ result }, options) => renderRunText(result, options) },
  json: jsonView,
  members: { ending: '-members.csv', render: ({ result }) => membersCsv(result) },
  flows: {
    ...(csv
      ? { ending: '-flows.csv' }
      : { withheld: `no row for each of ${formatCount(flows)} flows: --flows-csv writes them` }),
    render: (shown) => flowsCsv(shown.flows),
  },
  hgrm: { flag: 'hgrm', render: ({ result }) => hgrmOf([result]) },
  hdrLog: { flag: 'hdr-log', render: ({ result }) => hdrLog(result.tool.version, [result]) },
})
