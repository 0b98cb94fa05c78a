import { formatPercent } from '../units/format.js'
import type { Life } from '../kernel/group-array.js'
import { lifeName } from './life-name.js'
import { wrap } from './line.js'
import type { Style, Tone } from './style.js'

const MARGIN = 1
/** A cell this wide holds ` 100%`; narrower ones hold a shade. */
const PERCENT_WIDTH = 5
const SHADE_WIDTHS = [2, 1]
const SHADES = ['░', '▒', '▓', '█']
const ASCII_SHADES = ['.', 'o', 'O', '#']

/** How much goes from each member (row) to each (column), in any unit. */
export interface TransitionMatrix {
  membersBefore: readonly Life[]
  membersAfter: readonly Life[]
  transitions: readonly (readonly number[])[]
}

/** What the cells of a picture mean, and its lines: a head, and one a row. */
export interface Picture {
  legend: string[]
  lines: string[]
}

/**
 * Which part of each member's flows (row) goes to which member (column), in percent of the row; in shades where the
 * columns are too many for the width, and undefined where even those are. Green stays, yellow moves although its
 * member lives, red has lost its member. Members are named by their life.
 */
export function drawTransitions(matrix: TransitionMatrix, style: Style): Picture | undefined {
  const rows = matrix.membersBefore.map(lifeName)
  const columns = matrix.membersAfter.map(lifeName)
  const labelWidth = Math.max(...rows.map((name) => name.length))
  const room = style.columns - MARGIN - labelWidth
  const percentWidth = Math.max(PERCENT_WIDTH, 1 + Math.max(...columns.map((name) => name.length)))
  const width = [percentWidth, ...SHADE_WIDTHS].find((cell) => cell * columns.length <= room)
  if (width === undefined) return undefined
  const percent = width === percentWidth
  const line = (label: string, cells: string): string =>
    (' '.repeat(MARGIN) + label.padStart(labelWidth) + cells).trimEnd()
  const head = percent ? [columns] : topDown(columns)
  return {
    legend: sentence(`from (row) to (column), ${percent ? 'in parts of the row' : legend(style)}`, style),
    lines: [
      ...head.map((names) => line('', names.map((name) => name.padStart(width)).join(''))),
      ...rows.map((name, row) => {
        const cells = columns.map((_, column) => {
          const part = partOf(matrix, row, column)
          const text = percent ? percentCell(part, style) : shadeCell(part, style)
          const tone = part === 0 ? undefined : toneOf(matrix, row, column)
          return ' '.repeat(width - text.length) + style.paint(text, tone)
        })
        return line(name, cells.join(''))
      }),
    ],
  }
}

/** The picture with its legend, or a sentence on why there is none. */
export function transitionPicture(matrix: TransitionMatrix, style: Style): string[] {
  const picture = drawTransitions(matrix, style)
  if (picture) return [...picture.legend, ...picture.lines]
  const { membersBefore, membersAfter } = matrix
  const text = `From ${membersBefore.length} to ${membersAfter.length} members the picture is wider than ${style.columns} columns: see --json.`
  return sentence(text, style)
}

function sentence(text: string, style: Style): string[] {
  return wrap([{ text }], MARGIN, MARGIN, style).map((part, i) =>
    i === 0 ? ' '.repeat(MARGIN) + part : part,
  )
}

/** Names written from top to bottom, for columns narrower than they are: one list of characters per line. */
function topDown(names: readonly string[]): string[][] {
  const height = Math.max(...names.map((name) => name.length))
  return Array.from({ length: height }, (_, line) => names.map((name) => name.padStart(height)[line] ?? ''))
}

/** A part of the row. A member that served nothing before has no flows to lose. */
export function partOf({ transitions }: TransitionMatrix, row: number, column: number): number {
  const shares = transitions[row] ?? []
  const total = shares.reduce((sum, share) => sum + share, 0)
  return total === 0 ? 0 : (shares[column] ?? 0) / total
}

/** Whose flows these are afterwards: `good` still their own member's, `warn` another's though theirs lives, `bad` theirs is gone. */
export function toneOf({ membersBefore, membersAfter }: TransitionMatrix, row: number, column: number): Tone {
  const life = membersBefore[row]
  const survivor = membersAfter.findIndex(
    ({ member, generation }) => member === life?.member && generation === life.generation,
  )
  if (survivor === -1) return 'bad'
  return survivor === column ? 'good' : 'warn'
}

function percentCell(part: number, style: Style): string {
  if (part === 0) return style.unicode ? '·' : '-'
  return part < 0.005 ? '<1%' : formatPercent(part, 0).replace(' ', '')
}

function shadeCell(part: number, style: Style): string {
  if (part === 0) return style.unicode ? '·' : '-'
  const shades = style.unicode ? SHADES : ASCII_SHADES
  return shades[Math.min(shades.length, Math.ceil(part * shades.length)) - 1] ?? ''
}

function legend(style: Style): string {
  return `${(style.unicode ? SHADES : ASCII_SHADES).join('')} up to 25, 50, 75, 100 % of the row`
}
