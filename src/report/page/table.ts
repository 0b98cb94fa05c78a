import { type Content, type Markup, markup } from '../svg/markup.js'

export interface TableColumn<Row> {
  title: string
  /** numbers stand at the right, in columns; words at the left */
  words?: boolean
  /** sentences, which may be broken over lines */
  long?: boolean
  cell: (row: Row) => Content
}

/** Longer tables are folded; in print they are open. */
const MOST_OPEN_ROWS = 17

/** A table in a box of its own, which scrolls where the window is narrower. Columns that are empty in all rows are left out. */
export function table<Row>(
  caption: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): Markup | false {
  if (rows.length === 0) return false
  const used = columns.filter(({ cell }) => rows.some((row) => !isEmpty(cell(row))))
  const drawn = markup`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${used.map(
    (column) => markup`<th scope="col"${kindOf(column)}>${column.title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      markup`<tr>${used.map((column, i) =>
        i === 0
          ? markup`<th scope="row"${kindOf(column)}>${column.cell(row)}</th>`
          : markup`<td${kindOf(column)}>${column.cell(row)}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`
  return rows.length > MOST_OPEN_ROWS
    ? markup`<details><summary>${caption}: ${rows.length} rows</summary>${drawn}</details>`
    : drawn
}

const kindOf = ({ words, long }: { words?: boolean; long?: boolean }): Markup | false =>
  long === true ? markup` class="long"` : words === true && markup` class="words"`

const isEmpty = (content: Content): boolean =>
  content === undefined ||
  content === false ||
  content === '' ||
  (Array.isArray(content) && content.every(isEmpty))

/** Names with values, such as those of a host. */
export function pairs(
  caption: string,
  entries: readonly (readonly [name: string, value: Content])[],
): Markup | false {
  return table<(typeof entries)[number]>(
    caption,
    [
      { title: '', words: true, cell: ([name]) => name },
      { title: '', long: true, cell: ([, value]) => value },
    ],
    entries.filter(([, value]) => !isEmpty(value)),
  )
}
