import { wrap } from './line.js'
import type { Style } from './style.js'

/** What a picture shows over its horizontal axis: one value a place, absent where there is none. */
export interface Series {
  label: string
  values: readonly (number | undefined)[]
}

export interface Chart {
  title: string
  /** places on the horizontal axis: where, and what is written there */
  x: readonly { at: number; text: string }[]
  series: readonly Series[]
  format: (value: number) => string
  /** value at the foot; the least one drawn when absent */
  from?: number
}

const HEIGHT = 8
const MOST_WIDTH = 64
const LEAST_WIDTH = 12
const MARGIN = 1
/** Series are told apart by letters: colours are not there for everybody. More than these nobody tells apart. */
const MARKS = 'abcdefgh'
const SEVERAL = '*'
const BETWEEN = '.'
/** Values that differ by more than this factor are drawn on a scale of ratios. */
const LOG_FROM = 16

/** The most series that one picture tells apart. */
export const MOST_SERIES = MARKS.length

/**
 * Draws series as letters over a grid, joined by dots, with the values at head, middle and foot, and a legend where there
 * is more than one. No line exceeds the style's columns. Nothing is drawn of a chart without two values.
 */
export function drawChart(chart: Chart, style: Style): string[] {
  const series = chart.series.slice(0, MOST_SERIES)
  const all = series.flatMap(({ values }) => values.filter((value) => value !== undefined))
  if (all.length < 2) return []
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const up = scaleOf(least, most, chart.from)
  const labels = new Map(
    [HEIGHT - 1, HEIGHT >> 1, 0].map((row) => [
      row,
      style.plain(chart.format(up.valueAt(row / (HEIGHT - 1)))),
    ]),
  )
  const labelWidth = Math.max(...[...labels.values()].map((label) => label.length))
  const width = Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, style.columns - MARGIN - labelWidth - 2))
  const places = placesOf(chart.x, width)
  const grid = Array.from({ length: HEIGHT }, () => Array.from({ length: width }, () => ' '))
  const rowOf = (value: number): number => Math.round(up.shareOf(value) * (HEIGHT - 1))
  series.forEach(({ values }) =>
    joinPoints(
      grid,
      places,
      values.map((value) => (value === undefined ? undefined : rowOf(value))),
    ),
  )
  series.forEach(({ values }, i) => {
    values.forEach((value, place) => {
      if (value === undefined) return
      const row = grid[rowOf(value)]!
      const column = places[place]!
      row[column] = row[column] === ' ' || row[column] === BETWEEN ? MARKS[i]! : SEVERAL
    })
  })
  const bar = style.unicode ? '│' : '|'
  const foot = style.unicode ? `└${'─'.repeat(width)}` : `+${'-'.repeat(width)}`
  const pad = ' '.repeat(MARGIN)
  const rows = grid
    .map((cells, row) =>
      `${pad}${(labels.get(row) ?? '').padStart(labelWidth)} ${bar}${cells.join('')}`.trimEnd(),
    )
    .toReversed()
  const starred = grid.some((cells) => cells.includes(SEVERAL))
  return [
    `${pad}${style.plain(chart.title)}${up.log ? ' (scale of ratios)' : ''}`,
    ...rows,
    `${pad}${' '.repeat(labelWidth)} ${foot}`,
    `${pad}${' '.repeat(labelWidth + 2)}${tickLine(chart.x, places, width, style)}`.trimEnd(),
    ...(series.length > 1 ? legend(series, starred, style) : []),
  ]
}

/** Value → share of the height and back. */
function scaleOf(least: number, most: number, from: number | undefined) {
  const log = least > 0 && most / least > LOG_FROM && from !== 0
  const low = log ? least : Math.min(least, from ?? least)
  const high = most > low ? most : low + (Math.abs(low) || 1)
  const [a, b] = log ? [Math.log(low), Math.log(high)] : [low, high]
  return {
    log,
    shareOf: (value: number): number => ((log ? Math.log(value) : value) - a) / (b - a),
    valueAt: (share: number): number => (log ? Math.exp(a + share * (b - a)) : a + share * (b - a)),
  }
}

/** Where each place stands, in columns; on a scale of ratios where that spreads them better. */
function placesOf(x: Chart['x'], width: number): number[] {
  const at = x.map((place) => place.at)
  const scale = scaleOf(Math.min(...at), Math.max(...at), undefined)
  return at.map((value) => Math.round(scale.shareOf(value) * (width - 1)))
}

/** Dots from each point to the next. */
function joinPoints(
  grid: string[][],
  places: readonly number[],
  rows: readonly (number | undefined)[],
): void {
  rows.forEach((row, i) => {
    const next = rows[i + 1]
    const [from, to] = [places[i]!, places[i + 1]!]
    if (row === undefined || next === undefined) return
    for (let column = from + 1; column < to; column++) {
      const cells = grid[Math.round(row + ((next - row) * (column - from)) / (to - from))]!
      if (cells[column] === ' ') cells[column] = BETWEEN
    }
  })
}

/** What is written below the axis: as many of the places as there is room for, the first and the last before others. */
function tickLine(x: Chart['x'], places: readonly number[], width: number, style: Style): string {
  const cells = Array.from({ length: width }, () => ' ')
  const order = [0, x.length - 1, ...x.keys()]
  for (const i of order) {
    const text = style.plain(x[i]!.text).slice(0, width)
    const start = Math.min(width - text.length, Math.max(0, places[i]! - (text.length >> 1)))
    const around = cells.slice(Math.max(0, start - 1), start + text.length + 1)
    if (around.every((cell) => cell === ' ')) cells.splice(start, text.length, ...Array.from(text))
  }
  return cells.join('')
}

function legend(series: readonly Series[], starred: boolean, style: Style): string[] {
  const entries = series.map(({ label }, i) => ({ text: `${MARKS[i]} ${label}` }))
  if (starred) entries.push({ text: `${SEVERAL} several` })
  const pad = MARGIN + 2
  return wrap(entries, pad, pad, style).map((line, i) => (i === 0 ? ' '.repeat(pad) + line : line))
}
