import { AF_INET, AF_INET6, IPPROTO_TCP, IPPROTO_UDP, addon } from '../native.js'
import { addressFrom, type Family } from '../units/addresses.js'

/** `bound_socket_t` of native/src/sock_diag.h has the same order of words. */
const WORD = {
  family: 0,
  inode: 1,
  uid: 2,
  queued: 3,
  drops: 4,
  address: 5,
  cookie: 9,
  peerPort: 11,
  device: 12,
  queueLimit: 13,
  ipv6Only: 14,
} as const
export const ROW_WORDS = 15
const DOMAINS: Readonly<Record<Family, number>> = { ipv4: AF_INET, ipv6: AF_INET6 }
const PROTOCOL_NUMBERS = { udp: IPPROTO_UDP, tcp: IPPROTO_TCP } as const
const ADDRESS_BYTES: Readonly<Record<Family, number>> = { ipv4: 4, ipv6: 16 }

/** What sock_diag tells of a socket. */
export interface SocketRow {
  family: Family
  /** canonical text, `0.0.0.0` or `::` for a wildcard */
  address: string
  uid: number
  inode: number
  /** UDP: bytes, as the kernel counts memory; a TCP listener: connections in its accept queue */
  queued: number
  drops: number
  /** that no other socket has had since boot */
  cookie: number
  /** 0 where it is not connected */
  peerPort: number
  /** index of the interface that it is bound to, 0 for none */
  device: number
  /** of a TCP listener: connections that its accept queue takes; 0 of UDP */
  queueLimit: number
  /** IPV6_V6ONLY */
  ipv6Only: boolean
}

/** The i-th of rows that the kernel's answer was written to. */
export function rowAt(rows: Uint32Array, i: number): SocketRow {
  const row = rows.subarray(i * ROW_WORDS, (i + 1) * ROW_WORDS)
  const family = row[WORD.family] === AF_INET6 ? 'ipv6' : 'ipv4'
  const address = new Uint8Array(row.buffer, row.byteOffset + 4 * WORD.address, ADDRESS_BYTES[family])
  return {
    family,
    address: addressFrom(address),
    uid: row[WORD.uid]!,
    inode: row[WORD.inode]!,
    queued: row[WORD.queued]!,
    drops: row[WORD.drops]!,
    cookie: row[WORD.cookie + 1]! * 2 ** 32 + row[WORD.cookie]!,
    peerPort: row[WORD.peerPort]!,
    device: row[WORD.device]!,
    queueLimit: row[WORD.queueLimit]!,
    ipv6Only: row[WORD.ipv6Only] !== 0,
  }
}

/**
 * The sockets of a family in this network namespace that are bound to a port, of TCP those that listen, as the kernel's
 * sock_diag lists them: it looks through its own table.
 * @returns undefined where it is refused, or not built in
 */
export function diagnosed(protocol: 'udp' | 'tcp', port: number, family: Family): SocketRow[] | undefined {
  for (let room = 64; ; room *= 4) {
    const rows = new Uint32Array(room * ROW_WORDS)
    const count = addon.boundSockets(PROTOCOL_NUMBERS[protocol], DOMAINS[family], port, rows)
    if (count < 0) return undefined
    if (count > room) continue
    // A long list comes in pieces, of which the next may begin with what ended the last.
    const byInode = new Map<number, SocketRow>()
    for (let i = 0; i < count; i++) {
      const row = rowAt(rows, i)
      byInode.set(row.inode, row)
    }
    return [...byInode.values()]
  }
}
