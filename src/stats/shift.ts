import { medianOfAscending } from './median.js'

/** By how much one sample is shifted against another, and how sure that is. */
export interface Shift {
  /** Hodges–Lehmann estimate: the shift that the test finds least to say against */
  estimate: number
  /** two-sided: how often no shift at all gives as large a statistic, or a larger one */
  pValue: number
  /**
   * The shifts that the same test does not reject at `alpha`: 0 lies in it where p is greater, and at most at its end where it
   * is not. Undefined where so few values bound nothing at that alpha.
   */
  interval: (alpha: number) => ShiftInterval | undefined
}

export interface ShiftInterval {
  lower: number
  upper: number
}

/** Sums of probabilities that ought to be equal to alpha may differ from it by their rounding. */
const ROUNDING = 1e-12

/** Whether a test of this p rejects at alpha. */
export const rejects = (pValue: number, alpha: number): boolean => pValue <= alpha * (1 + ROUNDING)

/** Two-sided p of an observed statistic: twice the smaller of its tails, at most 1. `chances`: of each value from 0 on. */
export function twoSidedP(chances: Float64Array, observed: number): number {
  // Each tail is summed by itself, its small parts first: 1 less the other would lose what is below 1e-16.
  const lower = sum(chances.slice(0, observed + 1))
  return Math.min(1, 2 * Math.min(lower, sum(chances.slice(observed).toReversed())))
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)

/**
 * The shift behind a rank test whose statistic counts pairwise values above the shift: estimate and interval are order
 * statistics of these (Hodges and Lehmann, Annals of Mathematical Statistics 34, 1963; Bauer, Journal of the American
 * Statistical Association 67, 1972). Without ties at 0 the interval is exactly what the test does not reject. With ties the
 * test is the permutation test of the mean ranks, and the interval that of the values apart, which never claims more than it
 * may; it is extended to 0, or cut there, where the two disagree about that.
 * @param pairwise ascending
 * @param chances of each statistic from 0 on, where nothing is tied and nothing shifted
 */
export function shiftOf(pairwise: Float64Array, chances: Float64Array, pValue: number): Shift {
  const estimate = medianOfAscending(pairwise)
  let soFar = 0
  const atMost = chances.map((chance) => (soFar += chance))
  return {
    estimate,
    pValue,
    interval: (alpha) => {
      const k = atMost.findIndex((chance) => !rejects(2 * chance, alpha))
      if (k < 1) return undefined
      const [lower, upper] = [pairwise[k - 1]!, pairwise[pairwise.length - k]!]
      if (!rejects(pValue, alpha)) return { lower: Math.min(lower, 0), upper: Math.max(upper, 0) }
      return estimate < 0 ? { lower, upper: Math.min(upper, 0) } : { lower: Math.max(lower, 0), upper }
    },
  }
}
