import type { MessagePort } from 'node:worker_threads'
import type { HistogramData } from '../stats/histogram.js'
import type { ErrorCode } from '../errors.js'
import type { FlowStays } from '../recording/flow-stays.js'
import type { IntervalData } from './timeline.js'
import type { EngineKind } from '../plan/engine.js'
import type { FlowShare } from '../plan/flow-plan.js'

/** What a load worker is given. Times are ns since the run's epoch unless they are lengths. */
export interface WorkerTask {
  index: number
  workers: number
  /** messages to the parent */
  port: MessagePort
  /** memory of Control, shared with the parent */
  control: SharedArrayBuffer
  share: FlowShare
  server: { address: string; port: number }
  engine: EngineKind
  runId: bigint
  epochNs: bigint
  members: number
  payloadBytes: number
  seed: number
  /** requests in flight over all flows of this worker */
  inFlight: number
  /** flows open at a time */
  waveSize: number
  warmupNs: number
  /** length of the measured phase over all waves; absent when `requestsPerFlow` decides */
  durationNs: number | undefined
  requestsPerFlow: number | undefined
  timeoutNs: number
  /** open loop: requests per second of this worker, and how they are spaced; closed loop when absent */
  rateHz: number | undefined
  arrivals: 'constant' | 'poisson'
  /** how often each flow of this worker's share is asked, relative to the others; all alike when absent */
  weights: Float64Array | undefined
  /** the CPU that its thread is to run on; any when absent */
  cpu: number | undefined
  /** follow flows from member to member, and count by time; only with a rate */
  trace: { intervalNs: number; gapNs: number } | undefined
}

/**
 * What a worker says on its way. After each of these it waits for the parent to open its gate: `opened` (the
 * sockets of the first wave), `warmed` (warm-up over and drained), `wave` (a wave's sending over and drained).
 */
export type WorkerMessage =
  { kind: 'opened' } | { kind: 'warmed' } | { kind: 'wave'; last: boolean; unanswered: number }

/** The quantities recorded per member, each a histogram of ns. */
export const QUANTITIES = ['service', 'response', 'request', 'queue', 'server', 'reply'] as const
export type Quantity = (typeof QUANTITIES)[number]

/** What one worker measured. Arrays have one entry a flow, in flow order; the measured phase only. */
export interface WorkerReport {
  firstFlow: number
  addressIndex: Uint16Array
  port: Uint16Array
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
    histograms: Partial<Record<Quantity, HistogramData>>
  }[]
  sendErrors: number
  /** errno → how often send() failed with it */
  sendErrnos: Map<number, number>
  duplicates: number
  reordered: number
  strangers: number
  refused: number
  /** times that recv() failed otherwise */
  receiveErrors: number
  dropped: number
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
  /** actual minus intended send time, ns; open loop only */
  lag?: HistogramData
  trace?: {
    stays: FlowStays
    /** interval i covers [i, i + 1) × intervalNs since the epoch */
    intervalNs: number
    intervals: (IntervalData | undefined)[]
  }
}

/** How a worker's task ended. */
export type WorkerOutcome =
  | { report: WorkerReport; failure?: undefined }
  | { report?: undefined; failure: { code: ErrorCode; message: string } }
