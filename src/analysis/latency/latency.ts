import type { LatencySummary } from '../../result/run-result.js'
import { Histogram, type HistogramData } from '../../stats/histogram.js'

/** Merges histograms by adding their counts: percentiles of parts are never averaged. */
export function mergeHistograms(parts: readonly HistogramData[]): Histogram {
  const merged = new Histogram()
  for (const part of parts) merged.add(part)
  return merged
}

/** The figures of a histogram of ns that the result holds; undefined when nothing was recorded. */
export function summarise(histogram: Histogram): LatencySummary | undefined {
  if (histogram.count === 0) return undefined
  const [p50Ns, p90Ns, p99Ns, p999Ns] = histogram.quantiles([0.5, 0.9, 0.99, 0.999]) as [
    number,
    number,
    number,
    number,
  ]
  return {
    count: histogram.count,
    minNs: histogram.min,
    meanNs: histogram.sum / histogram.count,
    p50Ns,
    p90Ns,
    p99Ns,
    p999Ns,
    maxNs: histogram.max,
  }
}
