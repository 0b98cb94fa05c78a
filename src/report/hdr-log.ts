import { type Measured, timeInWords } from './hgrm.js'

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

/**
 * The histograms of members as an HdrHistogram interval log (version 1.3): a line each, its tag naming the member, over the
 * whole measured phase, of each repetition where there are several. Values are in ns, but for the maximum of an interval,
 * which its readers have in ms.
 * @param version of rpbench
 */
export function hdrLog(version: string, measured: readonly Measured[]): string {
  const lines = ['#[Histogram log format version 1.3]', `#[Logged with rpbench ${version}]`]
  const [first] = measured.flatMap(({ histograms }) => histograms ?? [])
  const baseMs = first ? Date.parse(first.startedAt) : 0
  if (first)
    lines.push(
      `#[${timeInWords(first)} of each member; values in ns, Interval_Max in ms]`,
      `#[StartTime: ${seconds(baseMs)} (seconds since epoch), ${first.startedAt}]`,
      `#[BaseTime: ${seconds(baseMs)} (seconds since epoch)]`,
    )
  lines.push('"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"')
  for (const { durationNs, histograms } of measured) {
    const sinceMs = histograms ? Date.parse(histograms.startedAt) - baseMs : 0
    const interval = `${seconds(sinceMs)},${seconds(durationNs / 1e6)}`
    for (const { index, response, service } of histograms?.members ?? []) {
      const times = response ?? service
      if (times) lines.push(`Tag=member-${index},${interval},${(times.maxNs / 1e6).toFixed(3)},${times.hdr}`)
    }
  }
  return `${lines.join('\n')}\n`
}
