import type { LiveFigures } from '../client/control.js'

/** The phases of a run, in their order. */
export type RunPhase =
  'starting the group' | 'opening flows' | 'waiting to start' | 'warming up' | 'measuring' | 'finishing'

/** What was counted so far in a phase. */
export interface ProgressFigures extends LiveFigures {
  /** replies a second, over the last second; absent where none came */
  rateHz?: number
  /** of what was sent, how much was not answered by its deadline, 0 to 1; absent where nothing was sent */
  lossShare?: number
  /**
   * greatest number of flows at a member over their mean, of the flows that were answered in the measured phase; absent before that, and
   * where flows have no member of their own or members come and go
   */
  maxOverMean?: number
}

/** Where a measurement is. */
export interface Progress {
  /** which of several measurements this is, where there are several; the most important first, ` · ` between */
  of?: string
  phase: RunPhase
  /** since this phase began */
  elapsedNs: number
  /** expected until all is done, ns */
  remainingNs: number
  /** of the time that all of it is expected to take, how much is over, 0 to 1 */
  doneShare: number
  /** which of the waves in which flows have their sockets open, from 1; absent where all are open at once */
  wave?: { number: number; of: number }
  figures: ProgressFigures
  /** members, and the front, that stand still though nobody asked them to */
  silent: readonly (number | 'front')[]
}
