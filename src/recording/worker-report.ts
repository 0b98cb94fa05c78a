import type { FlowSources } from '../plan/flow-sources.js'
import type { HistogramData } from '../stats/histogram.js'
import type { ConnectionCounts } from './connection-counts.js'
import type { FlowStays } from './flow-stays.js'

/** What became of requests by time. */
export interface TimelineData {
  /** of the counts */
  intervalNs: number
  /**
   * requests by the time at which they were sent, those that were lost with their connection by that of its end: entry i
   * covers [i, i + 1) × intervalNs since the run's epoch
   */
  sent: Uint32Array
  /** of those, the answered ones, in time and late */
  replied: Uint32Array
  late: Uint32Array
  /** one a window that was asked for: ns from the intended send to the reply, by the time of the intended send */
  responses: HistogramData[]
}

/** The quantities recorded per member, each a histogram of ns. */
export const QUANTITIES = ['service', 'response', 'request', 'queue', 'server', 'reply'] as const
export type Quantity = (typeof QUANTITIES)[number]

/** And of the connections of flows over TCP, how long they took. */
export type Timed = Quantity | 'connect'

/** What one worker measured. Arrays have one entry a flow, in flow order; the measured phase only. */
export interface WorkerReport {
  firstFlow: number
  sources: FlowSources
  /** ports that were in use and replaced */
  replaced: number
  waves: number
  sent: Uint32Array
  replied: Uint32Array
  late: Uint32Array
  /** member of the first reply, −1 without one */
  firstMember: Int32Array
  /** flow → members, for flows that were seen at more than one */
  moves: Map<number, Set<number>>
  /** one entry a member */
  members: {
    replies: number
    late: number
    /** of both, those that came while requests were being sent */
    answeredUnderLoad: number
    histograms: Partial<Record<Timed, HistogramData>>
  }[]
  sendErrors: number
  /** name of an errno → how often send() failed with it */
  sendErrnos: Map<string, number>
  duplicates: number
  reordered: number
  strangers: number
  refused: number
  /** of a server that is not ours: replies that are not what was to come for their request; absent of members of ours */
  wrongReplies?: number
  /** replies in time or late: of a server of DNS by rcode, those that were truncated 16 places further on; of HTTP by status */
  codes?: Float64Array
  /** times that recv() failed otherwise */
  receiveErrors: number
  dropped: number
  /** of flows over TCP */
  connections?: ConnectionCounts
  /** sum of the waves' sending times, ns, and the replies that came within them */
  activeNs: number
  repliesWhileActive: number
  firstSentNs: number
  /** CPU time of the worker's thread while it was sending */
  cpuActiveNs: number
  /** requests in flight, integrated over the sending time: request·ns */
  inFlightIntegralNs: number
  /** requests that the schedule had due by the end (open loop), else those that were sent */
  offered: number
  /** of those, what was not sent before the run ended */
  unsent: number
  /** flows that were asked less often than they should be, since their member was silent for three deadlines */
  flowsGivenUp: number
  /** actual minus intended send time, ns; open loop only */
  lag?: HistogramData
  /** how far stamps of requests lay from their arrival, ns, in the second half of the warm-up; absent without stamps */
  stampError?: HistogramData
  trace?: { stays: FlowStays; timeline: TimelineData }
}
