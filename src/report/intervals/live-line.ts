import type { IntervalResult } from '../../result/run-result.js'
import { formatCount, formatDuration } from '../../units/format.js'
import { marksInWords, rateOf, spanOf, timesOf } from './words.js'

/** A part of the line; where not all fit, those go first that have the greatest number. */
interface Part {
  text: string
  goes: number
}

const SEPARATOR = '  '

const part = (text: string | undefined | false, goes: number): Part[] => (text ? [{ text, goes }] : [])

/**
 * An interval in one line, for a terminal.
 * @param repetition from 0, where there are several
 */
export function liveLine(interval: IntervalResult, columns: number, repetition?: number): string {
  const { drops = 0, givenUp, maxOverMean } = interval
  const times = timesOf(interval)
  const marks = marksInWords(interval)
  const which = repetition === undefined ? '' : `#${repetition + 1} `
  let parts = [
    ...part(`${which}${spanOf(interval)}`, 0),
    ...part(interval.phase === 'load' && `${rateOf(interval)}/s`, 1),
    ...part(times && `p50 ${formatDuration(times.p50Ns)}`, 7),
    ...part(times && `p99 ${formatDuration(times.p99Ns)}`, 5),
    ...part(maxOverMean !== undefined && `max/mean ${maxOverMean.toFixed(2)}`, 6),
    ...part(drops > 0 && `${formatCount(drops)} dropped`, 3),
    ...part(givenUp > 0 && `${formatCount(givenUp)} given up`, 4),
    ...part(marks, 2),
  ]
  const line = (): string => parts.map(({ text }) => text).join(SEPARATOR)
  while (parts.length > 1 && line().length > columns) {
    const first = Math.max(...parts.map(({ goes }) => goes))
    parts = parts.filter(({ goes }) => goes !== first)
  }
  return line().slice(0, columns)
}
