import { binomialAtMost } from './binomial.js'

/** Ranks of sorted values, from 1; `high` is absent where there are too few values for an upper bound. */
export interface QuantileRanks {
  low?: number
  high?: number
}

/** Standard deviations beyond which no rank is looked for. */
const REACH = 12

/**
 * Between which of `count` sorted values the quantile 0 < q < 1 of what they were drawn from lies, with a confidence of
 * 1 − alpha at least, half of alpha on either side, whatever the distribution: as many values lie at or below it as a
 * binomial says (David and Nagaraja, Order Statistics, 3rd edition, 2003, section 7.1). It takes values for independent.
 */
export function quantileRanks(count: number, q: number, alpha: number): QuantileRanks {
  const reach = REACH * Math.sqrt(count * q * (1 - q)) + REACH
  const from = Math.max(-1, Math.floor(count * q - reach))
  const to = Math.min(count, Math.ceil(count * q + reach))
  // The first number of values at or below the quantile that is reached with more than half of alpha, and with all but that.
  const low = firstWhere(from, to, (below) => binomialAtMost(below, count, q) > alpha / 2)
  const high = firstWhere(from, to, (below) => binomialAtMost(below, count, q) >= 1 - alpha / 2) + 1
  return { ...(low >= 1 && { low }), ...(high <= count && { high }) }
}

/** The least whole number above `from`, at most `to`, for which `isSo` holds; once it does, it does from there on. */
function firstWhere(from: number, to: number, isSo: (n: number) => boolean): number {
  let [not, so] = [from, to]
  while (so - not > 1) {
    const middle = Math.floor((not + so) / 2)
    if (isSo(middle)) so = middle
    else not = middle
  }
  return so
}
