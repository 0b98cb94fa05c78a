import { stringify } from 'csv-stringify/sync'
import { metricRow } from '../../plan/metrics/table.js'
import type { Figure } from '../../result/repeat-result.js'
import type { Reported } from './format.js'
import { subjectsOf, type Subject } from './subject.js'

type Cell = string | number | undefined

const COLUMNS: readonly [name: string, cell: (figure: Figure, subject: Subject) => Cell][] = [
  ['name', (_, { name }) => name],
  ['command', (_, { command }) => command],
  ['metric', ({ metric }) => metric],
  ['unit', ({ metric }) => metricRow(metric).unit],
  ['better', ({ metric }) => metricRow(metric).better],
  ['measurements', ({ n }) => n],
  ['median', ({ median }) => median],
  ['least', ({ min }) => min],
  ['greatest', ({ max }) => max],
  ['interval lower', ({ interval }) => interval?.lower],
  ['interval upper', ({ interval }) => interval?.upper],
]

/** One row for each metric of each plan, in the unit of the metric; an interval of the median is empty where there is none. */
export function figuresCsv(reported: readonly Reported[]): string {
  const rows = subjectsOf(reported).flatMap((subject) =>
    subject.figures.map((figure) => COLUMNS.map(([, cell]) => cell(figure, subject))),
  )
  // A label that begins like a formula must not be one when a spreadsheet opens the file.
  return stringify([COLUMNS.map(([name]) => name), ...rows], { escape_formulas: true })
}
