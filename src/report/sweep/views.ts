import type { SweepResult } from '../../result/sweep-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { sweepCsv } from './csv.js'
import { renderSweepText } from './text.js'

export const SWEEP_VIEWS: Views<ShownResult<SweepResult>> = {
  text: { render: ({ result }, options) => renderSweepText(result, options) },
  json: jsonView,
  runs: { ending: '.csv', render: ({ result }) => sweepCsv(result) },
}
