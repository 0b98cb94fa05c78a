import type { Life } from '../kernel/group-array.js'
import type { Counts, LevelRefusal, ObserverCost } from './observation.js'
import type { FrontCounters, MemberCounters } from './counters.js'
import type { HostReadings } from './host-readings.js'
import type { LeftBehind, Silence } from './silence.js'
import type { StrangerRecording } from './stranger-recording.js'
import type { ThreadTime } from './thread-time.js'
import type { ReadersReading } from './watched-group.js'

/** One life of a member, as it was counted. */
export interface LifeRecording extends Life {
  pid: number
  /** its counters when the measured phase began; absent for one that joined in it */
  before?: MemberCounters
  /** and when all members had stopped */
  after: MemberCounters
  /** what the scheduler gave its serving thread in the measured phase; absent where the kernel does not tell */
  threadTime?: ThreadTime
  /** of its process at the end of the measured phase; absent for threads and for one that had ended */
  residentBytes?: number
  /** what ended it, if it was not told to go */
  died?: string
  /** it left, or died, before the end: its socket had left the kernel's tables by then */
  gone: boolean
  /** its counts ended in the middle of what it did: it was killed, or died */
  cutOff?: boolean
}

/** The front of a group that has one. */
export interface FrontRecording {
  pid: number
  before: FrontCounters
  after: FrontCounters
  residentBytes?: number
  died?: string
  /** what was left in its queue at the end could not be counted */
  uncounted?: boolean
}

/** What can be seen of a server that is not ours, of whose members nobody tells. */
export interface UnknownMembers {
  /** its sockets on the port, as this host's kernel shows them; absent where it is on another host, or in another namespace */
  sockets?: SeenSocket[]
  /** what came to these in the measured phase, whoever sent it; absent where it may not be counted */
  counts?: Counts
  /** why it was not; absent where it was, and where there is nothing to count at */
  uncounted?: LevelRefusal
  /** what the observing cost; absent where there was none */
  cost?: ObserverCost
}

/** A socket of such a server. */
export interface SeenSocket {
  inode: number
  /** whose it is, as well as this user may know */
  owner: string
  /** who was seen to read it in the measured phase; absent where this user may not know */
  readers?: ReadersReading
  /** what the kernel dropped at it in the measured phase, whoever sent it; absent of TCP, where it is no request that is dropped */
  drops?: number
  /** it was there when the phase began, and when it ended */
  atBegin: boolean
  atEnd: boolean
}

/** Where the counters of a group stand in the measured phase. */
export interface GroupReading {
  /** in the order in which they began; without newcomers that are no members yet */
  lives: (Pick<LifeRecording, 'member' | 'generation' | 'before' | 'after' | 'gone'> & {
    /** whether it is a member now */
    present: boolean
  })[]
  front?: Pick<FrontRecording, 'before' | 'after'>
  /** only of a server that is not ours: what it dropped, where that can be seen */
  unknown?: { drops?: number }
}

/** What a group did in the measured phase. */
export interface GroupRecording {
  port: number
  /** in the order in which they began */
  lives: LifeRecording[]
  front?: FrontRecording
  /** only of a server that is not ours; there are no lives then */
  unknown?: UnknownMembers
  /** of one that another rpbench serves: what was seen there, since it cannot be seen from here */
  seenThere?: {
    host: HostReadings
    strangers: StrangerRecording[]
    silences: Silence[]
  }
  /**
   * of one that serves several shards of one plan: what it counted is of all of them. The number of their run, how many they are, and
   * those that had left before its end
   */
  ofAllShards?: { runId: string; shards: number; lost: number[] }
  /** why it could not be asked any more before the end, as a sentence: its counts are those that it told last */
  goneSince?: string
  /** time between the two readings of threads, ns */
  watchedNs: number
  /**
   * drops column of /proc/net/udp, summed over the group's sockets that were open at the end, once nothing was under way
   * any more; absent where one of them was not found
   */
  procNetUdpDrops?: number
  /** processes that could not be ended; absent without any */
  leftBehind?: readonly LeftBehind[]
}
