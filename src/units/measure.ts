import { usageError } from '../errors.js'
import { formatBytes, formatCount } from './format.js'
import { parseBytes, parseCount, parseDuration, parseRate, parseShare, type FlagBounds } from './parse.js'

/** What figures are measured in; a figure of each is a plain number in the base unit. */
export const UNITS = ['ns', 'share', '1/s', 'count', 'ratio', 'probability', 'bytes'] as const
export type Unit = (typeof UNITS)[number]

interface UnitRow {
  /** what it is, as a reader calls it */
  readonly word: string
  /** how its values are written */
  readonly example: string
  readonly parse: (text: string, bounds: FlagBounds) => number
  /** with so many significant digits at most */
  readonly format: (value: number, digits: number) => string
  /** least and greatest value that there can be */
  readonly range: readonly [least: number, most: number]
}

const TIMES: readonly [unit: string, factor: number][] = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
]

const plain = (value: number, digits: number): string => String(Number(value.toPrecision(digits)))

function time(ns: number, digits: number): string {
  const rounded = Number(ns.toPrecision(digits))
  const [unit, factor] = TIMES.find(([, least]) => rounded >= least) ?? (['ns', 1] as const)
  return `${plain(ns / factor, digits)} ${unit}`
}

const whole = (value: number, digits: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 10 ** digits ? formatCount(value) : plain(value, digits)

const TABLE: Readonly<Record<Unit, UnitRow>> = {
  ns: { word: 'time', example: '2ms', parse: parseDuration, format: time, range: [0, Infinity] },
  share: {
    word: 'share',
    example: '0.1%',
    parse: parseShare,
    format: (value, digits) => `${plain(value * 100, digits)} %`,
    range: [0, 1],
  },
  '1/s': {
    word: 'rate',
    example: '20k/s',
    parse: parseRate,
    format: (value, digits) => `${whole(value, digits)}/s`,
    range: [0, Infinity],
  },
  count: { word: 'count', example: '0', parse: parseCount, format: whole, range: [0, Infinity] },
  ratio: { word: 'ratio', example: '1.10', parse: parseNumber, format: plain, range: [0, Infinity] },
  probability: { word: 'probability', example: '1e-4', parse: parseNumber, format: plain, range: [0, 1] },
  bytes: {
    word: 'bytes',
    example: '64M',
    parse: parseBytes,
    format: (value) => formatBytes(value),
    range: [0, Infinity],
  },
}

/** What a unit measures, in a word. */
export const wordOf = (unit: Unit): string => TABLE[unit].word

/** A value as one would write it. */
export const exampleOf = (unit: Unit): string => TABLE[unit].example

/** The least and the greatest value that a figure in this unit can have. */
export const rangeOf = (unit: Unit): readonly [least: number, most: number] => TABLE[unit].range

/**
 * Reads a figure: `2ms`, `0.1%`, `20k/s`, `3`, `1.10`, `1e-4`, `64M`, as its unit has it.
 * @throws RpbenchError (wrong usage) naming `flag`
 */
export function parseMeasure(text: string, unit: Unit, bounds: FlagBounds): number {
  return TABLE[unit].parse(text, bounds)
}

const USUAL_DIGITS = 4
const MOST_DIGITS = 15

/** A figure with its unit, to four digits: `1.102 ms`, `0.05 %`, `20,000/s`, `1.013`. */
export function formatMeasure(value: number, unit: Unit, digits = USUAL_DIGITS): string {
  return TABLE[unit].format(value, digits)
}

/** Two figures, with so many digits that one can see that they differ, where they do. */
export function formatApart(one: number, other: number, unit: Unit): [one: string, other: string] {
  for (let digits = USUAL_DIGITS; ; digits++) {
    const [a, b] = [formatMeasure(one, unit, digits), formatMeasure(other, unit, digits)]
    if (a !== b || one === other || digits === MOST_DIGITS) return [a, b]
  }
}

/** `1.10`, `1e-4` → a number without a unit. */
function parseNumber(text: string, { flag, min = 0, max = Infinity }: FlagBounds): number {
  const value = /^\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i.test(text.trim()) ? Number(text) : Number.NaN
  if (Number.isNaN(value))
    throw usageError(`${flag} '${text}' is not a number: write it without a unit, such as 1.10 or 1e-4.`)
  if (value < min || value > max)
    throw usageError(`${flag} '${text}' is out of range: ${min} to ${max} is allowed.`)
  return value
}
