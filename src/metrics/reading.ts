import { probabilityInterval } from '../stats/binomial.js'
import type { Measured } from './measured.js'

/** Intervals miss what is behind a figure in so many cases. */
export const ALPHA = 0.01

/** What a figure rests on. */
export type Observations = 'requests' | 'connections' | 'flows' | 'members' | 'changes' | 'trials'

/** Where what is behind a figure lies. */
export interface Bounds {
  /** with a confidence of 1 − ALPHA; −Infinity or Infinity where these observations set no bound */
  low: number
  high: number
  /** why they tell less than it seems, as a sentence without its end */
  doubt?: string
}

/** A metric of one result, in the unit of its row. */
export interface Reading {
  value: number
  /** how many observations it rests on, of which kind: more than 0 */
  n: number
  of: Observations
  /**
   * What these observations say of what is behind the figure; absent where it describes this very run, as a count does.
   * @param limit what it is to be held against: it decides whether a p-value could have been small
   */
  bounds?: (limit: number) => Bounds
  /** true of a figure that is of a part which is no fair sample of the whole: it says nothing of that */
  partial?: true
}

/** Takes a metric of a run; undefined where it is not defined. */
export type Reader = (measured: Measured) => Reading | undefined

/** What the metrics of one file are read by. */
export type Readers<Name extends string> = { readonly [_ in Name]: Reader }

/** A figure of this very run, without chance in it. */
export function exactly(
  value: number | undefined,
  n: number | undefined,
  of: Observations,
): Reading | undefined {
  return value === undefined || n === undefined || !(n > 0) ? undefined : { value, n, of }
}

/** A share of independent observations. `among`: the number of shares that it is the greatest of. */
export function shareOf(count: number, n: number, of: Observations, among = 1): Reading | undefined {
  if (!(n > 0)) return undefined
  return {
    value: count / n,
    n,
    of,
    bounds: () => {
      const [low, high] = probabilityInterval(Math.min(count, n), n, ALPHA / among)
      return { low, high }
    },
  }
}

/** What is known of a reading; a figure of this very run is its own bound. */
export function boundsOf({ value, bounds }: Reading, limit: number): Bounds {
  return bounds?.(limit) ?? { low: value, high: value }
}

/** Of several, the one with the greatest value; its bounds are those of the greatest, since any of them might be it. */
export function worstOf(readings: readonly Reading[]): Reading | undefined {
  const [worst] = readings.toSorted((a, b) => b.value - a.value)
  return (
    worst && {
      ...worst,
      bounds: (limit) => {
        const bounds = readings.map((reading) => boundsOf(reading, limit))
        return {
          ...boundsOf(worst, limit),
          low: Math.max(...bounds.map(({ low }) => low)),
          high: Math.max(...bounds.map(({ high }) => high)),
        }
      },
    }
  )
}
