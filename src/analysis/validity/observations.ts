import type { EngineKind } from '../../plan/engine.js'
import type { DispatchKind } from '../../plan/dispatch.js'
import type { Protocol } from '../../plan/protocol.js'
import type { Losses } from '../books/losses.js'
import type { ErrorReplies } from '../../result/error-replies.js'
import type { CrossCheck, LeftBehindResult, SilenceResult } from '../../result/run-result.js'
import type { StrangerResult } from '../../result/stranger.js'
import type { Exposure } from '../../recording/exposure.js'

/** What was done with the group while the load ran: nothing, or changes. */
export type ExperimentKind = 'run' | 'churn'

/**
 * What an experiment knows about itself beside its result, for `judge`. Optional is what some hosts cannot tell, or what has no
 * meaning in some runs: then nothing is checked, and nobody accused.
 */
export interface Observations {
  experiment: ExperimentKind
  /** members that ended without being told to */
  deaths: { index: number; why: string }[]
  /** of a group with a front: what was dropped at its socket, and what ended it if it was not told to */
  front?: { drops: number; died?: string }
  /** members, and the front, that stood still though nobody had asked them to */
  standstill: Standstill
  /**
   * who else was found on the group's port during the run, requests that they got by the books, and whether one that came
   * and went between two looks was missed
   */
  strangers: StrangerResult[]
  closingsUnheard: boolean
  atStrangers: { least: number; most: number }
  /** what became of the requests */
  losses: Losses
  /** absent, as the next, where servers count nothing for us */
  unexplained?: number
  /** requests that came to members a second time */
  replayed?: number
  /** replies of a server that is not ours which are not what was to come */
  wrongReplies?: number
  /** of a server of DNS or HTTP, where it answered */
  answers?: ErrorReplies & { protocol: Protocol }
  /**
   * requests and replies that the network between two hosts lost, and datagrams at members that were no request of the run from
   * the source that it names; absent where there is none
   */
  onTheWay?: { there: number; back: number; strangers: number }
  /** commands of the user's that failed; absent where none was run */
  commandsFailed?: string[]
  interrupted: boolean
  /** parts of the plan that left before the end; absent where this is no part of one that a group serves together */
  shardsLost?: readonly number[]
  /** how long after its time it began to send, ms; absent where it was in time or had none */
  startedLateMs?: number
  /** changes that were planned and not carried out, or not seen, as the load ended before; in the words of their plan */
  changesUnseen?: string[]
  /** the change that could not be carried out, in the words of the plan */
  changeFailed?: string
  waves: number
  waveSize: number
  portsReplaced: number
  receiveBuffer: { asked?: number; got: number; most?: number }
  droppedAtMembers: number
  /** of those, at queues of members that stood still to the end */
  droppedAtSilent: number
  droppedAtClient: number
  sendErrors: { errno: string; count: number }[]
  refused: number
  /** times that a client's recv() failed, but for port unreachable */
  receiveErrors?: number
  unansweredFlows: number
  /** flows whose turn did not come; 0 where weights decide how often a flow is asked */
  unaskedFlows: number
  /** flows that were asked less often than they should be, since nobody heard their member any more */
  flowsGivenUp: number
  engine: EngineKind
  /** that all flows share; 0 where each has one */
  sharedSockets: number
  /** whether client and group were in a network namespace made for the run */
  ownNetwork: boolean
  /** TUN devices that they share; 0 where they have sockets */
  devices: number
  /** why the client could not have the engine that is its first choice */
  engineFallback?: string
  /** where others than this host can reach the group */
  exposed?: Exposure
  /** what was run: the values that a next step may change */
  load: LoadSettings
  /** length of the measured phase, ns */
  measuredNs: number
  /** the CPU of each member, and then of the front, and of each client thread, where they are pinned */
  pinned?: { members?: number[]; workers?: number[] }
  schedule?: ScheduleKept
  /** of each client thread: its CPU time over the time it was sending */
  clientCpuShares?: number[]
  inFlight?: InFlightTimes
  cpu?: CpuUse
  /** quota periods in which this process's cgroup was stopped, and for how long (summed over CPUs) */
  throttled?: { count: number; ns: number }
  crossCheck?: CrossCheck
  /** over TCP: how long the connection took that took longest */
  longestConnectNs?: number
}

export interface Standstill {
  /** to the end */
  silent: SilenceResult[]
  /** for a time, after which they went on */
  stoodStill: SilenceResult[]
  /** processes that could not be ended */
  leftBehind: LeftBehindResult[]
}

export interface LoadSettings {
  /** client threads */
  workers: number
  /** servers on this host, as far as they are known to be some */
  members: number
  /** it is a server that is not ours, and tells nothing */
  membersUnknown?: true
  /** reuseport when absent */
  dispatch?: DispatchKind
  /** absent over UDP */
  overTcp?: true
  /** requests in flight over all flows (closed loop) */
  inFlight: number
  /** requests a second (open loop); absent in a closed loop */
  rateHz?: number
}

export interface ScheduleKept {
  /** requests the schedule had due, and of those the ones sent */
  offered: number
  sent: number
  /** what was sent in the schedule's own time, over what it had due: 1 for a client that kept up */
  achieved: number
  /** 99 % of requests were sent at most this long after their intended time */
  lagP99Ns?: number
  /** of the response times that are reported */
  responseP99Ns?: number
}

/** What Little's law needs, over the sending time of all client threads. */
export interface InFlightTimes {
  /** requests in flight, integrated over time: request·ns */
  integralNs: number
  /** sum of the times from sending to reply, of the requests that were answered in time */
  answeredNs: number
  answered: number
  /** requests given up at their deadline, and the time that all of them together may have been in flight at most */
  givenUp: number
  givenUpNs: number
  /** mean number in flight */
  mean: number
  /** phases of sending, each of which ends with requests in flight */
  waves: number
}

/** CPU time over the measured phase, on the CPUs that this process and the members may use. */
export interface CpuUse {
  allowedCpus: number
  busyNs: number
  /** part of `busyNs` spent in interrupts; traffic over loopback arrives in soft interrupts */
  interruptNs: number
  stealNs: number
  totalNs: number
  /** CPU time of the client process and of the members */
  ownNs: number
  /** whether the kernel books interrupts to the task they stop, so that `ownNs` has ours; absent where it does not say */
  interruptsInOwn?: boolean
}
