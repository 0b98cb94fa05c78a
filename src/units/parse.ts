import { usageError } from '../errors.js'
import { BYTE_SCALES, formatBytes, formatCount, formatDuration, formatPercent } from './format.js'

/** Which flag a value belongs to, so that a message can name it, and what that flag allows (in the base unit). */
export interface FlagBounds {
  flag: string
  min?: number
  max?: number
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3, // U+00B5, the micro sign
  μs: 1e3, // U+03BC, the Greek letter
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
}
const COUNT_UNITS: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, G: 1e9 }

const NUMBER = String.raw`\d+(?:_\d+)*(?:\.\d+)?(?:e\d{1,2})?`

/** `500ms`, `1.5s`, `2m` → nanoseconds, whole. A bare number is refused: it would mean something else to everyone. */
export function parseDuration(text: string, bounds: FlagBounds): number {
  const { value, unit } = numberAndUnit(text)
  const factor = DURATION_UNITS[unit]
  if (factor === undefined)
    throw usageError(
      Number.isNaN(value) || unit !== ''
        ? `${bounds.flag} ${quote(text)} is not a duration: write a number with ns, us, ms, s, m or h, such as 500ms or 10s.`
        : `${bounds.flag} ${quote(text)} has no unit: add ns, us, ms, s, m or h, such as ${text}s.`,
    )
  return within(Math.round(value * factor), text, bounds, formatDuration)
}

/** `10000`, `10_000`, `10k`, `1.5M`, `1e4` → an integer. k, M and G are decimal. */
export function parseCount(text: string, bounds: FlagBounds): number {
  const { value, unit } = numberAndUnit(text)
  const count = value * (unit === '' ? 1 : (COUNT_UNITS[unit] ?? Number.NaN))
  if (!Number.isInteger(count))
    throw usageError(
      `${bounds.flag} ${quote(text)} is not a whole number: write digits, with k, M or G for thousands, millions or billions, such as 10000 or 10k.`,
    )
  return within(count, text, bounds, formatCount)
}

/** `20k`, `20k/s`, `0.5` → events per second. */
export function parseRate(text: string, bounds: FlagBounds): number {
  const { value, unit } = numberAndUnit(text.replace(/\/s$/, ''))
  const rate = value * (unit === '' ? 1 : (COUNT_UNITS[unit] ?? Number.NaN))
  if (Number.isNaN(rate))
    throw usageError(
      `${bounds.flag} ${quote(text)} is not a rate: write a number per second, with k or M for thousands or millions, such as 20k or 20k/s.`,
    )
  return within(rate, text, bounds, (hz) => `${hz < 1 ? hz : formatCount(hz)}/s`)
}

/** `64`, `4K`, `4MiB` → bytes. K, M and G are 1024-based, with or without `iB`, because socket buffers are. */
export function parseBytes(text: string, bounds: FlagBounds): number {
  const { value, unit } = numberAndUnit(text)
  const scale = BYTE_SCALES.find(
    (candidate) => candidate.unit === unit || candidate.unit.replace(/i?B$/, '') === unit.toUpperCase(),
  )
  const bytes = value * (scale?.factor ?? Number.NaN)
  if (!Number.isInteger(bytes))
    throw usageError(
      `${bounds.flag} ${quote(text)} is not a number of bytes: write bytes, or K, M or G for multiples of 1024, such as 64, 4K or 4MiB.`,
    )
  return within(bytes, text, bounds, formatBytes)
}

/** `5%`, `0.05` → 0.05. */
export function parseShare(text: string, bounds: FlagBounds): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim())
  if (match === null)
    throw usageError(
      `${bounds.flag} ${quote(text)} is not a share: write a percentage or a fraction, such as 0.1% or 0.001.`,
    )
  const share = Number(match[1]) / (match[2] === '%' ? 100 : 1)
  return within(share, text, { max: 1, ...bounds }, formatPercent)
}

/** One of a few words. */
export function oneOf<Word extends string>(
  text: string,
  flag: string,
  allowed: readonly [Word, ...Word[]],
): Word {
  const found = allowed.find((word) => word === text)
  if (found === undefined) throw usageError(`${flag} is ${allowed.join(' or ')}, not "${text}".`)
  return found
}

/** `32768-60999` → [32768, 60999]; one port stands for a range of one. */
export function parsePortRange(text: string, bounds: FlagBounds): [first: number, last: number] {
  const { flag, min = 1, max = 65_535 } = bounds
  const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text.trim())
  if (match === null)
    throw usageError(
      `${flag} ${quote(text)} is not a port range: write first and last port, such as 32768-60999.`,
    )
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  if (first > last)
    throw usageError(`${flag} ${quote(text)} runs backwards: write the smaller port first, ${last}-${first}.`)
  if (first < min || last > max)
    throw usageError(`${flag} ${quote(text)} is out of range: ports from ${min} to ${max} are allowed.`)
  return [first, last]
}

function numberAndUnit(text: string): { value: number; unit: string } {
  const match = new RegExp(`^(${NUMBER})\\s*([A-Za-zµμ]*)$`).exec(text.trim())
  return { value: Number(match?.[1]?.replaceAll('_', '') ?? Number.NaN), unit: match?.[2] ?? '' }
}

function within(value: number, text: string, bounds: FlagBounds, print: (value: number) => string): number {
  const { flag, min = 0, max = Number.MAX_SAFE_INTEGER } = bounds
  if (value < min) throw usageError(`${flag} ${quote(text)} is too small: ${print(min)} at least.`)
  if (value > max) throw usageError(`${flag} ${quote(text)} is too large: ${print(max)} at most.`)
  return value
}

function quote(text: string): string {
  return `'${text}'`
}
