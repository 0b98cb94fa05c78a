import { readFileSync, readlinkSync } from 'node:fs'
import { RpbenchError } from '../errors.js'
import type { SocketReading } from '../recording/watched-group.js'
import { FAMILIES, type Family } from '../units/addresses.js'
import { diagnosed } from './sock-diag.js'
import { socketsOnPort } from './udp-table.js'

type Protocol = 'udp' | 'tcp'

/** States as /proc/net writes them: a UDP socket that is not connected is closed, a TCP one that waits for connections listens. */
const STATES: Readonly<Record<Protocol, string>> = { udp: '07', tcp: '0A' }
const TABLES: Readonly<Record<Protocol, Readonly<Record<Family, string>>>> = {
  udp: { ipv4: 'udp', ipv6: 'udp6' },
  tcp: { ipv4: 'tcp', ipv6: 'tcp6' },
}

/**
 * Whether a process is in another network namespace than this one, or may be: whose processes may not be looked into, is not known.
 * @throws RpbenchError RPB_USAGE where there is no such process
 */
export function isElsewhere(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return true
    throw new RpbenchError(
      'RPB_USAGE',
      `There is no process ${pid}: name one that runs, in the group's network namespace.`,
    )
  }
}

/** The kernel puts a new socket before the others, but for TCP listeners of IPv6 with SO_REUSEPORT (net/ipv4/inet_hashtables.c, inet_hash). */
const listsOldestFirst = (protocol: Protocol, family: Family): boolean =>
  protocol === 'tcp' && family === 'ipv6'

/**
 * The sockets that get what is sent to a port: of UDP those that are bound and not connected, of TCP those that listen; the oldest of each
 * family first, those of IPv4 before those of IPv6.
 * @param elsewhere a process in another network namespace, of which /proc tells less: no cookies, no limits of TCP's queues,
 *   no drops of TCP, no interfaces
 * @throws RpbenchError RPB_HOST where that process is gone
 */
export function readWatchedSockets(protocol: Protocol, port: number, elsewhere?: number): SocketReading[] {
  return FAMILIES.flatMap((family) => {
    const oldestFirst = <T>(sockets: T[]): T[] =>
      listsOldestFirst(protocol, family) ? sockets : sockets.toReversed()
    const rows = elsewhere === undefined ? diagnosed(protocol, port, family) : undefined
    if (rows === undefined) return oldestFirst(tabled(protocol, port, family, elsewhere ?? 'self'))
    return oldestFirst(rows)
      .filter(({ peerPort }) => peerPort === 0)
      .map(({ peerPort: _peer, queueLimit, ipv6Only, device, ...row }) => ({
        ...row,
        ...(protocol === 'tcp' && { queueLimit }),
        ...(device !== 0 && { device }),
        ...(family === 'ipv6' && { ipv6Only }),
      }))
  })
}

function tabled(protocol: Protocol, port: number, family: Family, process: number | 'self'): SocketReading[] {
  const path = `/proc/${process}/net/${TABLES[protocol][family]}`
  let table: string
  try {
    table = readFileSync(path, 'latin1')
  } catch (error) {
    // A kernel without IPv6 has no such table; nor has a process that ended.
    if (family === 'ipv6') return []
    throw new RpbenchError(
      'RPB_HOST',
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}): the process has ended, or may not be looked into.`,
      { cause: error },
    )
  }
  return socketsOnPort(table, port, STATES[protocol]).map(
    ({ family: of, address, uid, inode, queuedBytes, drops }) => ({
      family: of,
      address,
      uid,
      inode,
      queued: queuedBytes,
      ...(protocol === 'udp' && { drops }),
    }),
  )
}
