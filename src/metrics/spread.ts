import type { Spread } from '../result/spread.js'
import { medianInterval } from '../stats/median-interval.js'
import { medianOfAscending } from '../stats/median.js'

/** How a figure is spread over repetitions, its median with an interval at 95 % where that can be; undefined for no values. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined
  const ascending = values.toSorted((a, b) => a - b)
  const interval = medianInterval(ascending)
  return {
    median: medianOfAscending(ascending),
    min: ascending[0]!,
    max: ascending.at(-1)!,
    ...(interval && { interval }),
  }
}
