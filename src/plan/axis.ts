import { usageError } from '../errors.js'
import { formatCount } from '../units/format.js'
import type { Kind } from './parameters/kind.js'
import { flagOf } from './parameters/table.js'

/** A flag of a sweep with the values that it takes, each written as `run` reads it. */
export interface Axis {
  flag: string
  values: string[]
}

/** More values than anybody wants to wait for are a typing error. */
const MOST_VALUES = 1000

/** Sums of steps such as 0.1 do not meet the end of a range to the last bit. */
const ROUNDING = 1e-9

export interface AxisSyntax {
  flag: string
  /** numbers can be counted through, other values only listed */
  kind: Kind
}

/** What stands between two values. */
export const separatorOf = ({ holdsCommas = false }: Kind): string => (holdsCommas ? ';' : ',')

/**
 * Reads the values of one flag: `a,b,c`, a range `a..b/step` or `a..b*factor`, or both mixed, in the order given; what a
 * range meets again counts once. A range keeps to the units that it is written in, and holds its end only where a step meets it.
 * @throws RpbenchError (wrong usage) naming the flag and the item, or one that is there twice
 */
export function parseAxis(text: string, syntax: AxisSyntax): Axis {
  const { flag, kind } = syntax
  const separator = separatorOf(kind)
  const numbers = countable(kind)
  const items = text.split(separator).map((item) => item.trim())
  if (items.includes(''))
    throw usageError(
      `--${flag} '${text}' has an empty value: write values with '${separator}' between them, such as ${exampleOf(syntax)}.`,
    )
  const twice = items.find((item, i) => items.indexOf(item) < i)
  if (twice !== undefined)
    throw usageError(
      `--${flag} '${text}' names ${twice} twice: write each value once; ${flagOf('repeat')} says how often a point is measured.`,
    )
  const values = items.flatMap((item) =>
    numbers && item.includes('..') ? expandRange(item, flag, numbers) : [item],
  )
  const unique = [...new Set(values)]
  if (unique.length > MOST_VALUES)
    throw usageError(
      `--${flag} '${text}' makes ${formatCount(unique.length)} values: ${formatCount(MOST_VALUES)} at most.`,
    )
  return { flag, values: unique }
}

/** A kind of numbers in some unit. */
type Countable = Kind<'count' | 'number' | 'rate' | 'duration' | 'bytes', number> &
  Required<Pick<Kind, 'steps'>>

function countable(kind: Kind): Countable | undefined {
  return kind.steps && (kind as Countable)
}

function exampleOf({ kind }: AxisSyntax): string {
  const { name } = countable(kind) ?? {}
  if (name === undefined) return `a${separatorOf(kind)}b`
  return {
    count: '1,2,4..16*2',
    number: '1..5/1',
    rate: '10k..50k/10k',
    duration: '1s..4s/1s',
    bytes: '64..1K*2',
  }[name]
}

function expandRange(item: string, flag: string, kind: Countable): string[] {
  const match = /^([^/*]+?)\.\.([^/*]+?)([/*])([^/*]+)$/.exec(item)
  if (!match)
    throw usageError(
      `--${flag} '${item}' is not a range: write first..last/step or first..last*factor, such as 10..50/10 or 1..16*2.`,
    )
  const [, firstText = '', lastText = '', sign, stepText = ''] = match
  const { read, steps } = kind
  const named = { flag: `--${flag}` }
  const [first, last] = [read(firstText, named), read(lastText, named)]
  if (first > last)
    throw usageError(
      `--${flag} '${item}' runs backwards: write the smaller value first, ${lastText}..${firstText}.`,
    )
  const step = sign === '/' ? read(stepText, named) : Number(stepText)
  if (sign === '/' ? !(step > 0) : !(step > 1 && first > 0 && Number.isFinite(step)))
    throw usageError(
      sign === '/'
        ? `--${flag} '${item}' has no step: write one above 0 after the /.`
        : `--${flag} '${item}' does not grow: write a first value above 0, and a factor above 1 after the *.`,
    )
  const units = [firstText, stepText, lastText].map((text) => /[A-Za-zµμ]*$/.exec(text.trim())![0])
  const values: string[] = []
  for (let i = 0; values.length <= MOST_VALUES; i++) {
    const value = sign === '/' ? first + i * step : first * step ** i
    if (value > last * (1 + ROUNDING)) break
    values.push(print(steps.whole ? Math.round(value) : value, units, kind))
  }
  return values
}

function isWhole(n: number): boolean {
  return Math.abs(n - Math.round(n)) <= ROUNDING * Math.max(1, Math.abs(n))
}

/** In the first of these units in which it is a whole number, else in the first of all. */
function print(value: number, units: readonly string[], kind: Countable): string {
  const {
    read,
    steps: { baseUnit },
  } = kind
  const factorOf = (unit: string): number => (unit === baseUnit ? 1 : read(`1${unit}`, { flag: '' }))
  const known = kind.name === 'duration' ? units.filter((unit) => unit !== '') : units
  for (const unit of [...known, baseUnit]) {
    const amount = value / factorOf(unit)
    if (isWhole(amount)) return `${Math.round(amount)}${unit}`
  }
  const [unit = baseUnit] = known
  return `${Number((value / factorOf(unit)).toPrecision(9))}${unit}`
}
