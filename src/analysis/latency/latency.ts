import type { LatencySummary } from '../../result/run-result.js'
import { Histogram, type HistogramData, type HistogramFigures } from '../../stats/histogram.js'
import { quantileRanks } from '../../stats/order-statistics.js'

/** Merges histograms by adding their counts: percentiles of parts are never averaged. */
export function mergeHistograms(parts: readonly HistogramData[]): Histogram {
  const merged = new Histogram()
  for (const part of parts) merged.add(part)
  return merged
}

/** The percentiles that results have. */
export const PERCENTILES = [0.5, 0.9, 0.99, 0.999] as const

/** The figures of a histogram of ns that the result holds; undefined when nothing was recorded. */
export function summarise(histogram: Histogram): LatencySummary | undefined {
  return summaryOf(histogram.figures(PERCENTILES))
}

/** The same of figures that were taken earlier, with the values at PERCENTILES. */
export function summaryOf({
  count,
  min,
  mean,
  max,
  quantiles,
}: HistogramFigures): LatencySummary | undefined {
  if (count === 0) return undefined
  const [p50Ns, p90Ns, p99Ns, p999Ns] = quantiles as [number, number, number, number]
  return { count, minNs: min, meanNs: mean, p50Ns, p90Ns, p99Ns, p999Ns, maxNs: max }
}

/** Intervals miss what they are to hold in so many cases. */
const ALPHA = 0.01

/**
 * The same, with the intervals that hold the percentiles of what was sampled. Requests of one burst wait together, so that
 * they are no independent values: the true uncertainty is larger (docs/thresholds.md).
 */
export function summariseWithConfidence(histogram: Histogram): LatencySummary | undefined {
  const summary = summarise(histogram)
  if (summary === undefined) return undefined
  const of = (q: number): { lowNs?: number; highNs?: number } => {
    const { low, high } = quantileRanks(histogram.count, q, ALPHA)
    return {
      ...(low !== undefined && { lowNs: atRank(histogram, low) }),
      ...(high !== undefined && { highNs: atRank(histogram, high) }),
    }
  }
  return { ...summary, confidence: { p50Ns: of(0.5), p90Ns: of(0.9), p99Ns: of(0.99), p999Ns: of(0.999) } }
}

/** The value of a rank, from 1; half a rank less, so that no rounding makes it the next. */
const atRank = (histogram: Histogram, rank: number): number =>
  histogram.quantiles([(rank - 0.5) / histogram.count])[0]!
