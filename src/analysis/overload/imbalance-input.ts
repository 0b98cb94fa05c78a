import type { Balance } from '../../result/run-result.js'
import type { MemberTime } from './member-time.js'

/** What is known of one member, over the measured phase. */
export interface MemberUnderLoad extends MemberTime {
  /** flows that were put there: the counts that `balance` tests */
  flows: number
  /** requests that came to its socket, by its own count and the kernel's: taken, dropped there, or left there */
  offered: number
  dropped: number
  /** replies in time, and late */
  replies: number
  late: number
  /** of both, those that came while requests were still being sent */
  answeredUnderLoad: number
  serverMeanNs?: number
  queueMeanNs?: number
}

export interface ImbalanceInput {
  /** by index, at least one */
  members: readonly MemberUnderLoad[]
  /** flows that were asked and never answered, and what was sent on them */
  unknown: { flows: number; sent: number }
  /** flows of the plan that were never asked: their weight left them out */
  unaskedFlows: number
  /** the test of where flows were put; absent where no flow has a member */
  balance?: Balance
  /** as many equal flows would weigh as much: (Σw)² / Σw² */
  effectiveFlows: number
  /** whether what is sent follows a schedule, and not the members' speed */
  openLoop: boolean
  /** whether the plan asks some flows more often than others */
  weighted: boolean
  /** time between the readings of CPU time and run delay */
  measuredNs: number
  seed: number
}
