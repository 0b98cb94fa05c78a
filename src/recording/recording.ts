import type { PlannedChange } from '../plan/change-plan.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { CommandRecording } from './command-recording.js'
import type { DoneChange, FailedChange } from './done-change.js'
import type { Exposure } from './exposure.js'
import type { GroupRecording } from './group-recording.js'
import type { HostReadings } from './host-readings.js'
import type { IntervalsRecording } from './interval-reading.js'
import type { LossReading } from './loss-reading.js'
import type { Silence } from './silence.js'
import type { StrangerRecording } from './stranger-recording.js'
import type { WorkerReport } from './worker-report.js'

/**
 * All that was counted, followed and read while a load ran on a group, as plain data: every result is made of it and of
 * nothing else. Times are ns since the session's epoch unless they are lengths.
 */
export interface Recording {
  plan: RunPlan
  startedAt: Date
  /** when the measured phase began */
  startNs: number
  group: GroupRecording
  /**
   * of merged shards, each with a group of its own: how many groups of the same size the lives are of, in their order; absent
   * of one
   */
  groups?: number
  /** one a worker, in the order of their flows */
  reports: WorkerReport[]
  host: HostReadings
  /** where the group is that another rpbench serves: on this host, and in this network namespace; absent of one of ours */
  servedBy?: { sameHost: boolean; sameNetwork: boolean }
  /**
   * where one group serves several shards of a plan: what it counted is of all of them, and of this one alone nobody counted it.
   * The number of their run, how many they are, those that had left before the end, and what `group` is
   */
  allShards?: { runId: string; shards: number; lost: number[]; group: GroupRecording }
  /** the hash of each flow, where it was observed; undefined for a flow that was not seen */
  hashes?: (number | undefined)[]
  /** of DNS, how many questions were asked in turn; absent of any other protocol */
  questions?: number
  /** who else was found on the group's port */
  strangers: StrangerRecording[]
  /** whether one that came and went between two looks was missed, since the kernel does not tell of closings here */
  closingsUnheard?: true
  /** times in which a member, or the front, stood still though nobody had asked it to, as far as they are in the measured phase */
  silences: Silence[]
  interrupted: boolean
  /** what was to change in the group, what was carried out of it, and what failed; absent where nothing was to change */
  changes?: ChangesRecording
  /** what was run meanwhile, in the order of time; absent where nothing was to be */
  commands?: readonly CommandRecording[]
  /** absent where it was not asked for */
  intervals?: IntervalsRecording
  /** lengths; the first packet counts from the start of the process */
  startup: { groupNs: number; flowsNs: number; warmupNs: number; firstMeasuredPacketNs: number }
  clientResidentBytes: number
  /** how long after its `startAt` it began to send, ms; absent where it was in time */
  startedLateMs?: number
  /** where others than this host can reach the group: at its address, or at every one of the host's */
  exposed?: Exposure
  /** the largest receive buffer that this host gives, bytes; absent where it hides it */
  maxReceiveBufferBytes?: number
}

/** What was to change in a group, and what came of it. */
export interface ChangesRecording {
  planned: readonly PlannedChange[]
  done: readonly DoneChange[]
  failed?: FailedChange
  /** read when the measured phase began, and when it was over */
  lossesBefore: LossReading
  lossesAfter: LossReading
}
