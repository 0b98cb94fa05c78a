import type { WorkerReport } from '../recording/worker-report.js'
import type { LiveFigures } from './control.js'

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
  /** Ends all that it runs, and closes its flows. */
  close(): Promise<void>
}
