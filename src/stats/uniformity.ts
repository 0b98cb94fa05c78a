import { logPoisson } from './gamma.js'

/** A time at which the band around the diagonal lets one count less, or one more, through. */
interface Edge {
  time: number
  /** the path must have more than this many events from here on */
  above?: number
  /** it must have fewer than this many until here; at most as many afterwards */
  below?: number
}

/**
 * P(D ≥ d) of the Kolmogorov–Smirnov statistic of `n` (≥ 1) independent uniform values: exact, with an absolute
 * error of about 1e-14; meant for the sizes of repetitions (the work grows with n³).
 *
 * D < d says that the number of values up to t stays within n·t ± n·d for every t. As uniform values are the event
 * times of a Poisson process given how many there are, the counts form a Markov chain, which is walked along the
 * times where the band passes a whole number; what leaves the band is dropped (Noé, "The calculation of
 * distributions of two-sided Kolmogorov–Smirnov type statistics", Annals of Mathematical Statistics 43, 1972).
 */
export function kolmogorovTail(n: number, d: number): number {
  if (d <= 0) return 1
  if (d >= 1) return 0
  const reach = n * d
  const edges: Edge[] = []
  for (let count = 0; count <= n; count++) {
    const leaves = (count + reach) / n
    const enters = (count - reach) / n
    if (leaves < 1) edges.push({ time: leaves, above: count })
    if (enters >= 0) edges.push({ time: enters, below: count })
  }
  // Before the first time that lets a count in, there can be as many events as the band has room for at 0.
  let most = Math.min(n, Math.ceil(reach) - 1)
  let chances: Float64Array = new Float64Array(n + 1)
  chances[0] = 1
  let time = 0
  for (const edge of edges.toSorted((a, b) => a.time - b.time)) {
    chances = advance(chances, n * (edge.time - time), edge.below === undefined ? most : edge.below - 1)
    time = edge.time
    if (edge.below !== undefined) most = edge.below
    if (edge.above !== undefined) chances.fill(0, 0, edge.above + 1)
  }
  const within = advance(chances, n * (1 - time), n)[n]!
  return Math.min(1, Math.max(0, 1 - within / Math.exp(logPoisson(n, n))))
}

/** The chances of each count after a time in which `mean` events are expected; counts above `most` are dropped. */
function advance(chances: Float64Array, mean: number, most: number): Float64Array {
  const steps = Float64Array.from(chances, (_, events) => Math.exp(logPoisson(events, mean)))
  const next = new Float64Array(chances.length)
  for (let to = 0; to <= most; to++)
    for (let from = 0; from <= to; from++) next[to]! += chances[from]! * steps[to - from]!
  return next
}

/** The Kolmogorov–Smirnov test of whether `values` (at least one, each between 0 and 1) look uniform. */
export function testUniformity(values: readonly number[]): { statistic: number; pValue: number } {
  if (values.length === 0) throw new RangeError('uniformity needs at least one value')
  const n = values.length
  const statistic = values
    .toSorted((a, b) => a - b)
    .reduce((most, value, i) => Math.max(most, (i + 1) / n - value, value - i / n), 0)
  return { statistic, pValue: kolmogorovTail(n, statistic) }
}
