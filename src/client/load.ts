import type { ClientCounts } from '../recording/interval-reading.js'
import type { EndedConnections } from '../recording/loss-reading.js'
import type { WorkerReport } from '../recording/worker-report.js'
import type { LiveFigures } from './control.js'
import type { HistogramData } from '../stats/histogram.js'

/** Where a load stands when an interval ends. */
export interface LoadReading {
  /** ns since the session's epoch */
  atNs: number
  /** since the measured phase began */
  counts: ClientCounts
  /** of the replies in time that came in this interval, ns; one a client thread */
  service: HistogramData[]
  response: HistogramData[]
}

/** What an experiment needs of a load whose flows are open. */
export interface Load {
  /** Runs the warm-up, until its last reply came or is overdue. */
  warmUp(): Promise<void>
  /**
   * Runs the measured phase.
   * @param settle called whenever there are no more replies to wait for and some are missing, before late ones are
   * looked for a last time and sockets are closed
   */
  measure(settle: () => Promise<void>): Promise<WorkerReport[]>
  /** Ends the sending as soon as possible; what was measured is kept. */
  stop(): void
  /** Ends the sending before its schedule does; replies are waited for. */
  finish(): void
  /** how many requests would have been sent if all senders were only as far as the slowest */
  readonly sentByEach: number
  readonly figures: LiveFigures
  /** over TCP: connections that the server ended since the flows were opened */
  readonly ended: EndedConnections
  /** by member, how many flows it was the first to answer in the measured phase so far */
  readonly flowsSeen: readonly number[]
  /** waves that are over on all threads */
  readonly wavesDone: number
  /** when the last request was sent; only of a load that is read by interval, and not of one that ends before its last wave */
  readonly allSent: Promise<void>
  /**
   * Ends an interval of the measured phase. Only of a load that is read by interval, and one at a time.
   * @returns undefined where the load was closed meanwhile
   */
  endInterval(): Promise<LoadReading | undefined>
  /** Ends all that it runs, and closes its flows. */
  close(): Promise<void>
}
