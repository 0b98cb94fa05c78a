import type { Histograms } from '../result/histograms.js'

const NS_PER_US = 1000

/** What exports need of a measurement. */
export interface Measured {
  durationNs: number
  histograms?: Histograms | undefined
}

/** What an exported histogram is of: the latency in the words of its loop. */
export function timeInWords({ members }: Histograms): string {
  return members.some(({ response }) => response)
    ? 'response time (open loop: intended send to reply)'
    : 'service time (closed loop: actual send to reply)'
}

/**
 * The percentile distribution of the latency of all members together, and of all repetitions where there are several, as
 * HdrHistogram's plotters read it. Values are in µs; they are the upper ends of cells, so that the last may lie above the exact
 * maximum by a thousandth.
 */
export async function hgrmOf(measured: readonly Measured[]): Promise<string> {
  const all = measured.flatMap(({ histograms }) => histograms ?? [])
  const [first] = all
  if (!first) return '# rpbench: no reply came in time\n'
  const { SavedHistogram } = await import('../stats/saved-histogram.js')
  const parts = all.flatMap(({ members }) =>
    members.flatMap(({ response, service }) => response ?? service ?? []),
  )
  const merged = new SavedHistogram(
    parts.map(({ hdr, count, minNs, maxNs }) => ({ hdr, count, min: minNs, max: maxNs })),
  )
  const repetitions = all.length > 1 ? ` in ${all.length} repetitions` : ''
  return `# rpbench: ${timeInWords(first)} of all members${repetitions}, values in µs\n${merged.distribution(NS_PER_US)}`
}
