import { binomialAtMost } from './binomial.js'
import { quantileRanks } from './order-statistics.js'

/** An interval between two of the values themselves, and how often such an interval holds the true median. */
export interface MedianInterval {
  lower: number
  upper: number
  /** at least the confidence that was asked for, since values can only be counted whole */
  coverage: number
}

/**
 * Distribution-free confidence interval of the median of independent values: from the k-th least to the k-th greatest, with
 * the largest k that keeps the confidence, as the number of values below the median is binomial with ½ (Thompson, Annals of
 * Mathematical Statistics 7, 1936).
 * @param ascending the values, in ascending order
 * @returns undefined where even the least and the greatest value do not hold it so often: below six values at 95 %
 */
export function medianInterval(ascending: ArrayLike<number>, confidence = 0.95): MedianInterval | undefined {
  const n = ascending.length
  const { low, high } = n > 0 ? quantileRanks(n, 0.5, 1 - confidence) : {}
  if (low === undefined || high === undefined) return undefined
  const coverage = 1 - 2 * binomialAtMost(low - 1, n, 0.5)
  return { lower: ascending[low - 1]!, upper: ascending[high - 1]!, coverage }
}
