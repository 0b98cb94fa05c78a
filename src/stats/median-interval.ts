import { logBinomial } from './binomial.js'

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
  let found: MedianInterval | undefined
  // P(fewer than k values on one side of the median)
  let outside = 0
  for (let k = 1; 2 * k <= n; k++) {
    outside += Math.exp(logBinomial(k - 1, n, 0.5))
    const coverage = 1 - 2 * outside
    if (coverage < confidence) break
    found = { lower: ascending[k - 1]!, upper: ascending[n - k]!, coverage }
  }
  return found
}
