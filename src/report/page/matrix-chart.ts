import { formatCount, formatPercent } from '../../units/format.js'
import { lifeName } from '../life-name.js'
import { partOf, toneOf, type TransitionMatrix } from '../transition-picture.js'
import { WIDTH } from '../svg/chart.js'
import { textWidth } from '../svg/labels.js'
import { px, words } from '../svg/marks.js'
import { joined, type Markup, markup } from '../svg/markup.js'
import type { Figure } from './parts.js'
import { table } from './table.js'

const TOP = 40
const MOST_CELL = 40
/** A cell this wide holds a percentage. */
const WRITTEN = 29
/** A name needs this much of the edge. */
const NAMED = 13
const KINDS = { good: 'stays', warn: 'moves', bad: 'orphan' } as const
const WORDS = {
  stays: 'stay at their member',
  moves: 'move although their member lives',
  orphan: 'move since their member is gone',
} as const

/**
 * Which part of each member's flows (row) goes to which member (column).
 * @param unit what the cells of the matrix count; shares of all where it is absent
 */
export function matrixChart(matrix: TransitionMatrix, unit?: string): Figure {
  const rows = matrix.membersBefore.map(lifeName)
  const columns = matrix.membersAfter.map(lifeName)
  const left = 24 + Math.max(...rows.map(textWidth), textWidth('from'))
  const cell = Math.min(MOST_CELL, (WIDTH - left - 4) / Math.max(1, columns.length))
  const height = Math.min(cell, 30)
  const every = Math.max(1, Math.ceil(NAMED / height))
  const across = Math.max(1, Math.ceil(Math.max(...columns.map(textWidth), NAMED) / cell))
  const bottom = TOP + rows.length * height
  const svg = markup`<svg viewBox="0 0 ${WIDTH} ${px(bottom + 6)}" role="img"><title>where the flows of each member went</title><desc>${describe(matrix)}</desc>${[
    words([6, 11], 'from member (row) to member (column), in parts of the row', 'axis'),
    rows.map(
      (name, row) =>
        row % every === 0 && words([left - 6, TOP + (row + 0.5) * height + 4], name, 'tick', 'end'),
    ),
    columns.map(
      (name, column) =>
        column % across === 0 && words([left + (column + 0.5) * cell, TOP - 6], name, 'tick', 'middle'),
    ),
    rows.map((_, row) =>
      columns.map((__, column) =>
        cellOf(matrix, row, column, [left + column * cell, TOP + row * height], [cell, height], unit),
      ),
    ),
  ]}</svg>`
  const kinds = (['stays', 'moves', 'orphan'] as const).filter((kind) =>
    rows.some((_, row) =>
      columns.some((__, column) => partOf(matrix, row, column) > 0 && kindOf(matrix, row, column) === kind),
    ),
  )
  return {
    svg,
    caption: [
      kinds.map((kind, i) => [
        i > 0 && ', ',
        markup`<span class="key ${kind}">${SIGNS[kind]}</span> ${WORDS[kind]}`,
      ]),
      '. The darker, the more of the row.',
    ],
  }
}

/** Beside the colours, where a cell has room for it. */
const SIGNS = { stays: '=', moves: '→', orphan: '✗' } as const

const kindOf = (matrix: TransitionMatrix, row: number, column: number): keyof typeof WORDS =>
  KINDS[toneOf(matrix, row, column) ?? 'warn']

function cellOf(
  matrix: TransitionMatrix,
  row: number,
  column: number,
  [x, y]: readonly [number, number],
  [width, height]: readonly [number, number],
  unit: string | undefined,
): Markup {
  const part = partOf(matrix, row, column)
  const kind = part === 0 ? 'none' : kindOf(matrix, row, column)
  const [from, to] = [lifeName(matrix.membersBefore[row]!), lifeName(matrix.membersAfter[column]!)]
  const counted = unit === undefined ? '' : `${formatCount(matrix.transitions[row]?.[column] ?? 0)} ${unit}, `
  const says = `from ${from} to ${to}: ${counted}${formatPercent(part)} of the row`
  const opacity = part === 0 ? 1 : 0.15 + 0.45 * Math.sqrt(part)
  const text =
    part > 0 && width >= WRITTEN
      ? words(
          [x + width / 2, y + height / 2 + 4],
          part < 0.005 ? '<1 %' : formatPercent(part, 0),
          '',
          'middle',
        )
      : false
  return joined([
    markup`<rect class="cell ${kind}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" fill-opacity="${px(opacity * 10) / 10}"><title>${says}</title></rect>`,
    text,
  ])
}

function describe(matrix: TransitionMatrix): string {
  const stays = matrix.membersBefore.map((life, row) => {
    const share = matrix.membersAfter.reduce(
      (sum, _, column) => (kindOf(matrix, row, column) === 'stays' ? sum + partOf(matrix, row, column) : sum),
      0,
    )
    return `${lifeName(life)} keeps ${formatPercent(share, 0)}`
  })
  return `${matrix.membersBefore.length} members before, ${matrix.membersAfter.length} after. ${stays.slice(0, 8).join(', ')}.`
}

/** The same as numbers. */
export function matrixTable(matrix: TransitionMatrix, format: (value: number) => string): Markup | false {
  const drawn = table<number>(
    'From member (row) to member (column)',
    [
      { title: 'from', cell: (row) => lifeName(matrix.membersBefore[row]!) },
      ...matrix.membersAfter.map((life, column) => ({
        title: `to ${lifeName(life)}`,
        cell: (row: number) => format(matrix.transitions[row]?.[column] ?? 0),
      })),
    ],
    [...matrix.membersBefore.keys()],
  )
  return drawn !== false && markup`<details><summary>The same in numbers</summary>${drawn}</details>`
}
