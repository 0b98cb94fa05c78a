import { readFileSync } from 'node:fs'
import { addressFrom, FAMILIES, familyOf, isWildcard, WILDCARD, type Family } from '../units/addresses.js'
import { LOOPBACK_INDEX, TRANSPORTS, type Bound } from './transport.js'

/** One UDP socket of this network namespace, as the kernel lists it. */
export interface UdpSocket {
  /** that it was opened for; one of IPv6 may take IPv4 too */
  family: Family
  /** canonical text, `0.0.0.0` or `::` for a wildcard; IPv4 also where an IPv6 socket is bound to such an address */
  address: string
  port: number
  uid: number
  inode: number
  queuedBytes: number
  drops: number
  /** that no other socket has had since boot, where the kernel was asked by sock_diag */
  cookie?: number
  /** index of the interface that it is bound to, 0 for none, where the kernel was asked by sock_diag */
  device?: number
}

/** IPv4 stands in the table as one 32-bit number in host order, IPv6 as four of them (little endian here). */
function addressText(hex: string): string {
  const bytes: number[] = []
  for (let word = 0; word < hex.length; word += 8)
    for (let at = word + 6; at >= word; at -= 2) bytes.push(Number.parseInt(hex.slice(at, at + 2), 16))
  return addressFrom(bytes)
}

/** Whether a socket on one address takes what is sent to another; the wildcard of IPv6 takes IPv4 as well. */
const takes = ({ address, ipv6Only = false }: Bound, sentTo: string): boolean =>
  address === sentTo ||
  (isWildcard(address) &&
    ((address === WILDCARD.ipv6 && !ipv6Only) || familyOf(address) === familyOf(sentTo)))

/**
 * Whether a socket shares datagrams with one that is bound there, or would take its, if both have the same port. One on the wildcard of
 * IPv6 may have been told to take no IPv4 (IPV6_V6ONLY): the table does not show that.
 */
export function overlaps(socket: Pick<UdpSocket, 'address'>, bound: Bound): boolean {
  return takes(socket, bound.address) || takes(bound, socket.address)
}

/**
 * Whether a socket gets a part of what is sent to a group on this address, if both have the same port. The kernel looks
 * for sockets bound to the address itself first, those of IPv4 before those of IPv6 that take it too: beside them, one on
 * the wildcard gets nothing. What is sent to a group on the wildcard goes to whoever is bound to where it is sent. Of
 * IPv6 sockets on one address those that came first have it, with all of the same interface: a group's is `lo`.
 */
export function takesFrom(
  { address, family, device = LOOPBACK_INDEX }: Pick<UdpSocket, 'address' | 'family' | 'device'>,
  group: Bound,
): boolean {
  const beside = family === 'ipv6' && familyOf(group.address) === 'ipv6' && address === group.address
  if (beside && device !== LOOPBACK_INDEX) return false
  if (isWildcard(group.address)) return takes(group, address)
  return address === group.address && family === familyOf(group.address)
}

/** The families in which a socket can be that gets a part of what is sent to a group on this address. */
export const familiesBeside = ({ address }: Bound): readonly Family[] =>
  isWildcard(address) ? FAMILIES : [familyOf(address)]

/** Reads one line of the table (kernel: net/ipv4/udp.c, udp4_format_sock); undefined for the heading. */
export function parseUdpLine(line: string): UdpSocket | undefined {
  const field = line.trim().split(/\s+/)
  const [address, port] = (field[1] ?? '').split(':')
  if (!address || !port || field.length < 13) return undefined
  return {
    family: address.length === 8 ? 'ipv4' : 'ipv6',
    address: addressText(address),
    port: Number.parseInt(port, 16),
    queuedBytes: Number.parseInt(field[4]?.split(':')[1] ?? '0', 16),
    uid: Number(field[7]),
    inode: Number(field[9]),
    drops: Number(field[12]),
  }
}

/**
 * The sockets bound to a port, out of the text of a table that may have tens of thousands of lines.
 * @param state only those in this one, as the table writes it
 */
export function socketsOnPort(table: string, port: number, state?: string): UdpSocket[] {
  const needle = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  const found: UdpSocket[] = []
  for (let at = table.indexOf(needle); at >= 0; at = table.indexOf(needle, at + 1)) {
    const start = table.lastIndexOf('\n', at) + 1
    const end = table.indexOf('\n', at)
    const line = table.slice(start, end < 0 ? undefined : end)
    const socket = parseUdpLine(line)
    // The needle may also stand in the remote address of a client of that port.
    if (socket?.port !== port || (state !== undefined && line.trim().split(/\s+/)[3] !== state)) continue
    if (!found.some((s) => s.inode === socket.inode)) found.push(socket)
  }
  return found
}

/** Drops of the sockets with these inodes, summed; undefined when one of them is not in the table (any more). */
export function dropsOf(sockets: readonly UdpSocket[], inodes: Iterable<number>): number | undefined {
  let drops = 0
  for (const inode of inodes) {
    const socket = sockets.find((s) => s.inode === inode)
    if (socket === undefined) return undefined
    drops += socket.drops
  }
  return drops
}

/**
 * Reads the UDP sockets of a family bound to `port` in this network namespace from /proc/net/udp or udp6. The kernel hands
 * the table out a page at a time and finds its place again by counting: a socket may be left out where others come and go.
 */
export function tabledSockets(port: number, family: Family): UdpSocket[] {
  try {
    return socketsOnPort(readFileSync(TRANSPORTS[family].socketTable, 'latin1'), port)
  } catch (error) {
    // A kernel without IPv6 has no udp6 table.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
