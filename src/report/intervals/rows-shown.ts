import type { IntervalResult } from '../../result/run-result.js'
import { timesOf } from './words.js'

/** What makes an interval stand out: the greatest of each. */
const EXTREMES: readonly ((interval: IntervalResult) => number | undefined)[] = [
  ({ roundTripsPerSecond: rate }) => (rate === undefined ? undefined : -rate),
  ({ roundTripsPerSecond: rate }) => rate,
  (interval) => timesOf(interval)?.p99Ns,
  ({ drops }) => drops || undefined,
  ({ givenUp }) => givenUp || undefined,
  ({ maxOverMean }) => maxOverMean,
]

/** All intervals where they are few; else the first, the last, the extremes, and those with marks, as far as there is room. */
export function rowsShown(intervals: readonly IntervalResult[], most: number): IntervalResult[] {
  if (intervals.length <= most) return [...intervals]
  const load = intervals.filter(({ phase }) => phase === 'load')
  const shown = new Set<IntervalResult | undefined>([intervals[0], intervals.at(-1)])
  for (const valueOf of EXTREMES) shown.add(greatest(load, valueOf))
  for (const interval of intervals) {
    if (shown.size >= most) break
    if (interval.marks.length > 0) shown.add(interval)
  }
  return intervals.filter((interval) => shown.has(interval))
}

function greatest(
  intervals: readonly IntervalResult[],
  valueOf: (interval: IntervalResult) => number | undefined,
): IntervalResult | undefined {
  let found: { interval: IntervalResult; value: number } | undefined
  for (const interval of intervals) {
    const value = valueOf(interval)
    if (value !== undefined && (found === undefined || value > found.value)) found = { interval, value }
  }
  return found?.interval
}
