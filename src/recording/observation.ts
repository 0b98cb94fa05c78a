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

/** What came on one flow to one socket since the counting began. Of TCP, a flow is a connection that the listener got. */
export interface FlowCount {
  /** of the member */
  cookie: number
  /** canonical text, IPv4 also where it came to an IPv6 socket */
  sourceAddress: string
  sourcePort: number
  /** of TCP, as many as came while the listener had the connection, and on the accepted socket */
  packets: number
}

/** What was counted so far, over all sockets that are or were counted. */
export interface Counts {
  /** each flow once for each socket that got some of it */
  flows: readonly FlowCount[]
  /** packets of each counted socket, whether their flow found room in the table or not */
  sockets: readonly { cookie: number; packets: number }[]
  /** packets whose flow found no room in the table; then `flows` are not all */
  unlisted: number
}

/** How the kernel has a socket in its group. */
export interface ExplainedSocket {
  cookie: number
  /** whether SO_REUSEPORT is set */
  reuseport: boolean
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

/** What counting cost the observed server. */
export interface ObserverCost {
  /** packets that went through a filter of ours */
  packets: number
  /** CPU time that they took in it, ns, as the kernel counted it; absent where it does not count that */
  runNs?: number
  /** CPU time that this process took to attach, read and detach, ns */
  ownNs: number
}
