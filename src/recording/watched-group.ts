import type { AttachPlan } from '../plan/attach-plan.js'
import type { ObservationLevel } from '../plan/observation-level.js'
import type { Counts, ExplainedSocket, LevelRefusal, ObserverCost } from './observation.js'

/** A socket on the port of a group that is not ours, as the kernel tells of it to any user. */
export interface SocketReading {
  family: 'ipv4' | 'ipv6'
  /** canonical text, `0.0.0.0` or `::` for a wildcard */
  address: string
  uid: number
  inode: number
  /** absent where only /proc tells of it */
  cookie?: number
  /** index of the interface that it is bound to; absent for none, and where only /proc tells of it */
  device?: number
  /** of IPv6, whether it takes no IPv4; absent where only /proc tells of it */
  ipv6Only?: boolean
  /** UDP: bytes in its queue, as the kernel counts memory; TCP: connections in its accept queue */
  queued: number
  /** of TCP: connections that its accept queue takes; absent where only /proc tells of it */
  queueLimit?: number
  /** since it was opened; of TCP absent where only /proc tells of it */
  drops?: number
}

/** A process that holds a descriptor of a socket. */
export interface HolderReading {
  pid: number
  fd: number
  command: string
  parentPid?: number
}

/** A thread that was seen to wait for a socket, or to take from it. */
export interface ReaderReading {
  pid: number
  threadId: number
  /** of the thread */
  name: string
  /**
   * the call in which it was seen to wait for it. Of one that only a program saw to take: `io_uring` where it waits there, or a thread of
   * the kernel took for it; else `taking`
   */
  by: 'epoll' | 'receive' | 'accept' | 'poll' | 'select' | 'io_uring' | 'taking'
  /** calls that took something, and those that found nothing; absent where no program saw any */
  taken?: number
  inVain?: number
}

/** Who reads a socket, over all times that it was looked at. */
export interface ReadersReading {
  threads: ReaderReading[]
  /** processes that have it in an epoll set, whoever waits for that */
  registeredBy: number[]
  /**
   * whether somebody else may read it unseen: a process that holds it may not be looked into, or has a thread whose waiting
   * does not show what for (io_uring), or that was running each time; not where a program saw who took
   */
  othersUnseen: boolean
  /** a program saw all who take from it; absent where none looked, and where it saw others than its holders */
  takesSeen?: true
}

/** Who reads a socket, and of which that is. */
export interface SocketReadersReading {
  inode: number
  /** absent where this user may look into no process that holds it, and nobody was seen to take from it */
  readers?: ReadersReading
}

/** A member over the time that it was watched; times are ns since the watching began. */
export interface WatchedMember {
  /** as it was last seen */
  socket: SocketReading
  /** absent where it was there from the beginning */
  joinedNs?: number
  /** absent where it was there to the end */
  leftNs?: number
  looks: number
  /** looks at which something was in its queue, and the most */
  queuedLooks: number
  queuedMost: number
  queuedFirst: number
  /** whether its queue was ever shorter than at the look before */
  queueFell: boolean
  /** at the first look, as above */
  dropsFirst?: number
  /** absent where nobody may know: no process that this user may look into holds it */
  holders?: HolderReading[]
  /** processes that held it when its holders were first known */
  firstHolders?: readonly number[]
  /** absent where no holder is known, and nobody was seen to take from it */
  readers?: ReadersReading
}

/** What was seen in one part of the time. */
export interface WatchedInterval {
  fromNs: number
  toNs: number
  /** those that were there at its end */
  members: {
    index: number
    queued: number
    queuedMost: number
    drops?: number
    packets?: number
  }[]
}

/** A group that is not ours, as it was watched. */
export interface WatchedGroup {
  plan: AttachPlan
  protocol: 'udp' | 'tcp'
  startedAt: Date
  durationNs: number
  /** what ended it before its time */
  stopped?: 'interrupted' | 'failed'
  /** why a look failed, as a sentence */
  failure?: string
  /** in the order in which they were first seen, those of the first look newest last */
  members: WatchedMember[]
  intervals: WatchedInterval[]
  /** sockets on the same port of the other protocol, at the beginning */
  otherProtocol: number
  /** whether some processes may not be looked into, so that more may hold a socket than are known */
  hiddenProcesses: boolean
  level: ObservationLevel
  refusals: readonly LevelRefusal[]
  notes: readonly string[]
  /** why no program saw who takes, where one was to */
  takersRefused?: LevelRefusal
  counts?: Counts
  explained?: ExplainedSocket[]
  observerCost?: ObserverCost
  /** net.ipv4.tcp_migrate_req of the namespace; absent where it may not be known */
  tcpMigrate?: boolean
  /** looks at the sockets, and the CPU time of this process in which all of the looking was done, ns */
  looks: number
  cpuNs: number
}
