import type { ObservationLevel } from '../plan/observation-level.js'
import type {
  Counts,
  ExplainedSocket,
  HeldSocket,
  LevelRefusal,
  ObserverCost,
  Taker,
} from '../recording/observation.js'

/** Which group is to be observed, and how far. */
export interface ObserverRequest {
  protocol: 'udp' | 'tcp'
  port: number
  /** no further than this; `look` touches nothing */
  upTo: ObservationLevel
  /** a process in the network namespace of the group, where that is not this one's */
  pid?: number
  /** its sockets now, those of TCP listening ones */
  sockets: readonly HeldSocket[]
}

/**
 * Sees more of a group than what any user may read of its sockets. Nothing of it picks members, or stays when it is closed or
 * this process ends, but by SIGKILL: what is left then is named when the next is opened (`detachLeftBehind` takes it off).
 */
export interface Observer {
  /** in force for all members: one that may not be counted, or has a filter already, lowers it, and `refusals` names it */
  readonly level: ObservationLevel
  /** each level above that, up to the one that was asked for, with its reason */
  readonly refusals: readonly LevelRefusal[]
  /** why no program sees who takes, where `explain` was asked for: it goes with that level, and is seen wherever it may be */
  readonly takersRefused: LevelRefusal | undefined
  /** what there is to tell beside, as sentences, such as a socket that joined and may not be counted; more may come */
  readonly notes: readonly string[]
  /** The group's sockets as they are now: new ones are counted from now on, those that are gone keep their counts. */
  follow(sockets: readonly HeldSocket[]): void
  /** What was counted so far; undefined below `count`. */
  counts(): Counts | undefined
  /** How the kernel has the sockets on the port now, wherever it may be asked, also where nothing is counted. */
  explained(): ExplainedSocket[] | undefined
  /** Which threads took from the group's sockets so far; undefined where no program sees that. */
  takers(): Taker[] | undefined
  /** Takes everything off, synchronously, so that it can be the last act of a process. Again: nothing more. */
  close(): ObserverCost
}

/** Attaches to a group as far as it may and can without harm to it: what it does not, it says in `refusals`. */
export type OpenObserver = (request: ObserverRequest) => Observer
