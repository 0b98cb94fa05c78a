import type { Histograms, SavedHistogramResult } from '../../result/histograms.js'
import type { Latency, LatencySummary } from '../../result/latency.js'
import { SavedHistogram } from '../../stats/saved-histogram.js'

/** Times by quantile: ascending in both. */
export interface Distribution {
  /** of which member; absent for all of them together */
  member?: number
  count: number
  points: readonly (readonly [quantile: number, ns: number])[]
}

/** What a result says of the time of its requests. */
export interface Distributions {
  /** `response` in an open loop, which is what a user would feel; else `service` */
  time: 'response' | 'service'
  all: Distribution
  members: readonly Distribution[]
}

interface Timed {
  histograms?: Histograms | undefined
  latency?: Latency | undefined
  members?: readonly { index: number; latency?: Latency | undefined }[]
}

/** Points for each further nine. */
const PER_DECADE = 10

/** From the saved histograms; of results without them, from the percentiles that they hold. Undefined without any reply. */
export function distributionsOf(timed: readonly Timed[]): Distributions | undefined {
  const { latency } = timed.find((one) => one.latency) ?? {}
  if (latency === undefined) return undefined
  const time = latency.response ? 'response' : 'service'
  const saved = timed.flatMap(({ histograms }) => histograms?.members ?? [])
  if (saved.length === 0) return fromSummaries(timed, time)
  const indices = [...new Set(saved.map(({ index }) => index))]
  const parts = (members: typeof saved): SavedHistogramResult[] =>
    members.flatMap(({ response, service }) => response ?? service ?? [])
  return {
    time,
    all: fromHistograms(parts(saved)),
    members:
      indices.length < 2
        ? []
        : indices.map((member) => ({
            member,
            ...fromHistograms(parts(saved.filter(({ index }) => index === member))),
          })),
  }
}

function fromHistograms(parts: readonly SavedHistogramResult[]): Distribution {
  const merged = new SavedHistogram(
    parts.map(({ hdr, count, minNs, maxNs }) => ({ hdr, count, min: minNs, max: maxNs })),
  )
  const quantiles = quantilesOf(merged.count)
  const values = merged.quantiles(quantiles)
  return { count: merged.count, points: quantiles.map((quantile, i) => [quantile, values[i]!] as const) }
}

/** From 0 to the last one that so many values tell apart, at equal steps of log 1 / (1 − q); and the greatest value. */
export function quantilesOf(count: number): number[] {
  const nines = Math.log10(Math.max(2, count))
  const steps = Math.ceil(nines * PER_DECADE)
  return Array.from({ length: steps + 1 }, (_, i) => (i === steps ? 1 : 1 - 10 ** -((i * nines) / steps)))
}

function fromSummaries(timed: readonly Timed[], time: Distributions['time']): Distributions | undefined {
  const [only, ...others] = timed
  const all = only?.latency?.[time]
  if (others.length > 0 || !all) return undefined
  return {
    time,
    all: fromSummary(all),
    members: (only.members ?? []).flatMap(({ index, latency }) => {
      const summary = latency?.[time]
      return summary ? [{ member: index, ...fromSummary(summary) }] : []
    }),
  }
}

function fromSummary({ count, minNs, p50Ns, p90Ns, p99Ns, p999Ns, maxNs }: LatencySummary): Distribution {
  const points = [
    [0, minNs],
    [0.5, p50Ns],
    [0.9, p90Ns],
    [0.99, p99Ns],
    [0.999, p999Ns],
    [1, maxNs],
  ] as const
  return { count, points: points.filter(([quantile]) => quantile === 1 || quantile <= 1 - 1 / count) }
}

/** The time at a quantile, from points around it. */
export function timeAt({ points }: Distribution, quantile: number): number {
  return (points.find(([at]) => at >= quantile - 1e-12) ?? points.at(-1)!)[1]
}
