import { kernelText } from '../../host/proc-text.js'
import { findSocketHolders, type SocketHolders } from '../../host/socket-owner.js'
import { SocketReaders } from '../../host/socket-readers.js'
import { isElsewhere, readWatchedSockets } from '../../host/watched-sockets.js'
import { threadCpuNs } from '../../native.js'
import type { Taker } from '../../recording/observation.js'
import type { HolderReading, ReadersReading, SocketReading } from '../../recording/watched-group.js'

/** What may be seen of a group without touching it; of fakes in tests. */
export interface GroupView {
  sockets(protocol: 'udp' | 'tcp'): SocketReading[]
  holders(inodes: Iterable<number>): SocketHolders
  lookAtReaders(holders: ReadonlyMap<number, readonly HolderReading[]>): void
  readersOf(inode: number, takers?: readonly Taker[]): ReadersReading
  /** net.ipv4.tcp_migrate_req; undefined where it may not be known */
  tcpMigrate(): boolean | undefined
  /** the process that the user named, where its network namespace is not this one's */
  readonly elsewhere: number | undefined
  /** CPU time of this thread so far, and of the process, ns */
  lookNs(): number
  cpuNs(): number
}

/**
 * The sockets on a port of this host.
 * @param pid a process in the network namespace of the group
 * @throws RpbenchError RPB_USAGE where there is no such process
 */
export function viewOf({ port, pid }: { port: number; pid?: number }): GroupView {
  const elsewhere = pid !== undefined && isElsewhere(pid) ? pid : undefined
  const readers = new SocketReaders()
  return {
    elsewhere,
    sockets: (protocol) => readWatchedSockets(protocol, port, elsewhere),
    holders: findSocketHolders,
    lookAtReaders: (holders) => readers.look(holders),
    readersOf: (inode, takers) => readers.of(inode, takers),
    // Of this namespace alone: since 5.14, which no other shows.
    tcpMigrate: () => {
      const text = elsewhere === undefined ? kernelText('/proc/sys/net/ipv4/tcp_migrate_req') : undefined
      return text === undefined ? undefined : text !== '0'
    },
    lookNs: threadCpuNs,
    cpuNs: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) * 1e3
    },
  }
}
