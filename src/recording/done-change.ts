import type { Step } from '../kernel/group-array.js'
import type { PlannedChange } from '../plan/change-plan.js'
import type { LossReading } from './loss-reading.js'

/** A step with the time from which on it may have shown, and that from which on it did. */
export interface TakenStep extends Step {
  beganNs: number
  atNs: number
}

/** A change that could not be carried out: from when on it was tried, ns since the run's epoch, and why it could not be. */
export interface FailedChange extends PlannedChange {
  askedNs: number
  losses: LossReading
  /** a sentence, with its full stop */
  why: string
}

/** A change that was carried out; times are ns since the run's epoch. */
export interface DoneChange extends PlannedChange {
  /** when the work on it began: a newcomer's process starts long before its socket is bound */
  askedNs: number
  /** read shortly before that: what was sent from then on counts to the change */
  losses: LossReading
  beganNs: number
  doneNs: number
  taken: TakenStep[]
}
