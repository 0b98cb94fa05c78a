import type { CpuEvidence } from '../analysis/validity/evidence.js'
import type { WorkerReport } from '../client/protocol.js'
import type { MemberCounters } from '../group/counters.js'
import type { FrontCounters } from '../group/front.js'
import type { ThreadTime } from '../host/thread-time.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { RunResult } from '../result/run-result.js'

/** What the host counted over the measured phase; absent where it does not tell. */
export interface HostRecord {
  cpu?: CpuEvidence
  throttled?: { count: number; ns: number }
  /** UDP counters of this network namespace */
  snmp?: { inDatagrams: number; receiveBufferErrors: number }
  /** drops column of /proc/net/udp, summed over the members' sockets, once nothing was under way any more */
  procNetUdpDrops?: number
}

/** The front of a group that has one. */
export interface FrontRecord {
  pid: number
  before: FrontCounters
  after: FrontCounters
  residentBytes: number | undefined
  died: string | undefined
}

/** What was there when the run had ended: counts of members and workers, and what the parent saw. */
export interface RunRecord extends HostRecord {
  plan: RunPlan
  supplied: Record<string, unknown>
  toolVersion: string
  host: RunResult['host']
  startedAt: Date
  port: number
  pids: number[]
  /** counters when the measured phase began, and when all members had stopped */
  before: MemberCounters[]
  after: MemberCounters[]
  front?: FrontRecord
  residentBytes: (number | undefined)[]
  /** of each member's serving thread, between two readings that are `watchedNs` apart */
  threadTimes: (ThreadTime | undefined)[]
  watchedNs: number
  deaths: ReadonlyMap<number, string>
  reports: WorkerReport[]
  sourceAddresses: string[]
  /** of each flow, where it was observed */
  hashes?: (number | undefined)[]
  strangers: string[]
  interrupted: boolean
  startup: NonNullable<RunResult['startup']>
  clientResidentBytes: number
  maxReceiveBufferBytes: number | undefined
  exposed: string | undefined
}
