import type { ObservationLevel } from '../plan/observation-level.js'

/** What is seen of a group that is not ours. Cookies are the kernel's (SO_COOKIE): no other socket has one's since boot. */

/** Why a level is not in force, and what it needs. */
export interface LevelRefusal {
  level: ObservationLevel
  /** why not, as half a sentence: `loading a program is refused (EPERM)` */
  why: string
  /** what it takes: `CAP_BPF and the right to trace process 4711`; absent where nothing gives it here */
  needs?: string
  /** the command that gives that; absent where no command does */
  command?: string
}

/** A socket of the group, and who holds a descriptor of it. */
export interface HeldSocket {
  /** absent where only /proc tells of the socket, as in another network namespace */
  cookie?: number
  inode: number
  /** empty where they may not be known */
  holders: readonly SocketHolder[]
}

export interface SocketHolder {
  pid: number
  /** of the process */
  fd: number
}

/** What came on one flow, the packets of one source address and port, to one socket since the counting began. */
export interface FlowCount {
  /** of the member */
  cookie: number
  /** canonical text, IPv4 also where it came to an IPv6 socket */
  sourceAddress: string
  sourcePort: number
  /**
   * datagrams, before the queue: what then found no room in it too. Of TCP requests for a connection that came to the
   * listener: SYNs with a sequence number of their own
   */
  packets: number
  /** SYNs that came again, as a client sends them that was not answered; absent without any */
  repeated?: number
}

/** What was counted so far, over all sockets that are or were counted. */
export interface Counts {
  /** each flow once for each socket that got some of it */
  flows: readonly FlowCount[]
  /** packets of each counted socket, whether their flow found room in the table or not */
  sockets: readonly { cookie: number; inode: number; packets: number }[]
  /** packets whose flow found no room in the table; then `flows` are not all */
  unlisted: number
}

/** How the kernel has a socket in its group. */
export interface ExplainedSocket {
  cookie: number
  /** whether SO_REUSEPORT is set */
  reuseport: boolean
  /** the CPU that SO_INCOMING_CPU names, which the kernel prefers it for; absent where none is set */
  incomingCpu?: number
  /** whether a program of its network namespace (BPF_SK_LOOKUP) may give what comes to another socket, before any group is asked */
  lookedUpByProgram?: true
  /** absent where it is in none */
  group?: {
    /** equal for sockets of one group */
    id: number
    /** sockets in it */
    size: number
    /** place in its array, from 0; absent where it has left the array, as a connected socket has */
    order?: number
    /** what picks the member in place of the hash; absent where the iterator proves that nothing does */
    program?: { kind: 'classic' | 'extended'; /** of an extended one */ id?: number; name?: string }
  }
}

/** A thread that took from a socket, as a program saw it that runs where the kernel lets it take. */
export interface Taker {
  /** of the socket */
  cookie: number
  pid: number
  threadId: number
  /** of the thread, when it first took */
  name: string
  /** calls that took something, and those that found nothing */
  taken: number
  inVain: number
}

/** What a program cost those in whose way it ran, as the kernel counted it for some time. */
export interface ProgramCost {
  /** how often it ran */
  runs: number
  /** CPU time that it took, ns */
  runNs: number
  /** in so long, ns */
  overNs: number
}

/** What observing cost. */
export interface ObserverCost {
  /** of the program that sees who takes, which runs at the reads of all sockets of this host; absent as below */
  takers?: ProgramCost
  /**
   * of counting in the observed server, as the kernel counted it for some time; absent where it does not, or nothing came. Of TCP, what comes
   * to sockets that were accepted meanwhile passes the filter too.
   */
  measured?: ProgramCost
  /** CPU time that this process took to attach, read and detach, ns */
  ownNs: number
}
