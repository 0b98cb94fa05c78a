import type { Recording } from '../recording/recording.js'
import type { Timed } from '../recording/worker-report.js'
import type { Histograms, SavedHistogramResult } from '../result/histograms.js'
import { encodeHistogram } from '../stats/hdr-encoding.js'
import type { Histogram } from '../stats/histogram.js'
import { lagHistogramOf, timesOf } from './figures.js'

function saved(histogram: Histogram): SavedHistogramResult | undefined {
  const { count, min, max, sum, data } = histogram
  return count === 0
    ? undefined
    : { count, minNs: min, meanNs: sum / count, maxNs: max, hdr: encodeHistogram(data) }
}

/**
 * The histograms that a result keeps: of each member the time that is the load's latency, and of all together the others
 * that were recorded. Undefined where no reply came in time.
 */
export function histogramsOf({ plan, reports, startedAt, startNs }: Recording): Histograms | undefined {
  const ofMembers = plan.rateHz === undefined ? 'service' : 'response'
  const members = (reports[0]?.members ?? []).flatMap((_, index) => {
    const times = saved(timesOf(reports, ofMembers, index))
    return times ? [{ index, [ofMembers]: times }] : []
  })
  if (members.length === 0) return undefined
  const all: Histograms['all'] = {}
  const others = ['connect', 'service', 'request', 'queue', 'server', 'reply'] as const satisfies Timed[]
  for (const quantity of others) {
    const times = quantity === ofMembers ? undefined : saved(timesOf(reports, quantity))
    if (times) all[quantity] = times
  }
  const lag = saved(lagHistogramOf(reports))
  if (lag) all.lag = lag
  return { startedAt: new Date(startedAt.getTime() + startNs / 1e6).toISOString(), members, all }
}
