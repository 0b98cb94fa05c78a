import type { LatencySummary } from '../../src/result/latency.js'
import type { Histograms } from '../../src/result/histograms.js'
import { SavedHistogram } from '../../src/stats/saved-histogram.js'

/** What a latency summary says, made of saved histograms alone; the mean is left out, since sums differ in their last bits. */
export function summaryOf(
  saved: readonly { hdr: string; count: number; minNs: number; maxNs: number }[],
): Omit<LatencySummary, 'meanNs'> {
  const merged = new SavedHistogram(
    saved.map(({ hdr, count, minNs, maxNs }) => ({ hdr, count, min: minNs, max: maxNs })),
  )
  const [p50Ns, p90Ns, p99Ns, p999Ns] = merged.quantiles([0.5, 0.9, 0.99, 0.999])
  return {
    count: merged.count,
    minNs: merged.min!,
    p50Ns: p50Ns!,
    p90Ns: p90Ns!,
    p99Ns: p99Ns!,
    p999Ns: p999Ns!,
    maxNs: merged.max!,
  }
}

/** The histograms of members, one each. */
export const ofMembers = ({ members }: Histograms) =>
  members.map(({ service, response }) => (response ?? service)!)
