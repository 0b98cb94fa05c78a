import Table from 'cli-table3'
import { stripVTControlCharacters } from 'node:util'

/** A column of a table of any rows. */
export interface GridColumn<Row> {
  title: string
  align: 'left' | 'right'
  /** when the terminal is narrow, columns go from the smallest number up; those without stay */
  goes?: number
  cell: (row: Row) => string
}

const MARGIN = 1
const NO_BORDER = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((name) => [name, '']),
)

/** Lays rows out in columns without borders; where they do not fit, the least important columns are left out. */
export function grid<Row>(
  rows: readonly Row[],
  columns: readonly GridColumn<Row>[],
  width: number,
): string[] {
  const order = columns.flatMap(({ goes }) => goes ?? []).toSorted((a, b) => a - b)
  let lines: string[] = []
  for (const gone of [-Infinity, ...order]) {
    lines = draw(
      rows,
      columns.filter(({ goes }) => goes === undefined || goes > gone),
    )
    if (Math.max(...lines.map((line) => stripVTControlCharacters(line).length)) <= width) break
  }
  return lines
}

function draw<Row>(rows: readonly Row[], columns: readonly GridColumn<Row>[]): string[] {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align),
    chars: { ...NO_BORDER, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  for (const row of rows) table.push(columns.map(({ cell }) => cell(row)))
  return table
    .toString()
    .split('\n')
    .map((line) => ' '.repeat(MARGIN) + line.trimEnd())
}
