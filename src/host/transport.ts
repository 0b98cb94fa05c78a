import { endianness } from 'node:os'
import {
  AF_INET,
  AF_INET6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_FREEBIND,
  IPV6_RECVPKTINFO,
  IPV6_V6ONLY,
  IP_PKTINFO,
  IP_UNICAST_IF,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  SO_BINDTOIFINDEX,
  SO_REUSEADDR,
  TCP_NODELAY,
  addon,
  checked,
} from '../native.js'
import { familyOf, isWildcard, type Family } from '../units/addresses.js'

/** An option of a socket: its level, name and value, and what to call it where it fails. */
interface SocketOption {
  level: number
  name: number
  value: number
  label: string
  /** whether to go on without it where it is refused */
  waived?: true
}

/** Where a socket is bound. On the wildcard of IPv6 it takes IPv4 too, unless it is for IPv6 only. */
export interface Bound {
  address: string
  ipv6Only?: boolean
  /** udp when absent */
  protocol?: 'udp' | 'tcp'
  /** whether it may send to other hosts; else what leaves it stays on this one */
  anywhere?: boolean
}

/** How this kernel is told of sockets of one protocol over one address family. */
interface SocketKind {
  domain: number
  type: number
  /** what every socket of the family gets before it is bound */
  always: readonly SocketOption[]
  /** what a socket on the wildcard address gets too */
  onWildcard: (bound: Bound) => readonly SocketOption[]
}

/** How this kernel is told of, and tells of, UDP over one address family. */
interface Transport extends SocketKind {
  /** where the kernel lists the sockets of this network namespace, and counts what passes through them */
  socketTable: string
  statistics: string
}

/** Of `lo`, in every network namespace. */
export const LOOPBACK_INDEX = 1

/**
 * Unicast leaves by `lo` alone: while an address is this host's the kernel goes
 * that way by itself, but when it is removed in the middle it would look for a way out. The index is in network order.
 */
const BY_LOOPBACK: SocketOption = {
  level: IPPROTO_IP,
  name: IP_UNICAST_IF,
  value: new DataView(Uint8Array.of(0, 0, 0, LOOPBACK_INDEX).buffer).getInt32(0, endianness() === 'LE'),
  label: 'IP_UNICAST_IF',
}

/**
 * The same over IPv6, where a wish for an interface (IPV6_UNICAST_IF) is given up when there is another way: a socket that is
 * bound to `lo` sends by routes of `lo` alone, and takes what comes by it. Kernels before 5.7 refuse it to users.
 */
const BOUND_TO_LOOPBACK: SocketOption = {
  level: SOL_SOCKET,
  name: SO_BINDTOIFINDEX,
  value: LOOPBACK_INDEX,
  label: 'SO_BINDTOIFINDEX',
  waived: true,
}

/** What keeps traffic on this host, by the names of options. */
const FENCES: ReadonlySet<number> = new Set([BY_LOOPBACK.name, BOUND_TO_LOOPBACK.name])

export const TRANSPORTS: Readonly<Record<Family, Transport>> = {
  ipv4: {
    domain: AF_INET,
    type: SOCK_DGRAM,
    always: [BY_LOOPBACK],
    // A reply must leave from the address that was asked.
    onWildcard: () => [{ level: IPPROTO_IP, name: IP_PKTINFO, value: 1, label: 'IP_PKTINFO' }],
    socketTable: '/proc/net/udp',
    statistics: '/proc/net/snmp',
  },
  ipv6: {
    domain: AF_INET6,
    type: SOCK_DGRAM,
    // Without it, bind() takes no address that is local by the route of its prefix only.
    always: [
      { level: IPPROTO_IPV6, name: IPV6_FREEBIND, value: 1, label: 'IPV6_FREEBIND' },
      BOUND_TO_LOOPBACK,
    ],
    onWildcard: ({ ipv6Only = false }) => [
      // Whatever net.ipv6.bindv6only says.
      { level: IPPROTO_IPV6, name: IPV6_V6ONLY, value: Number(ipv6Only), label: 'IPV6_V6ONLY' },
      { level: IPPROTO_IPV6, name: IPV6_RECVPKTINFO, value: 1, label: 'IPV6_RECVPKTINFO' },
      // Of IPv4, where the socket could not be bound to `lo`; on one that is, it is refused.
      { ...BY_LOOPBACK, waived: true },
    ],
    socketTable: '/proc/net/udp6',
    statistics: '/proc/net/snmp6',
  },
}

const tcpOption = (level: number, name: number, label: string): SocketOption => ({
  level,
  name,
  value: 1,
  label,
})

/**
 * What a connection is accepted with, its listener had. A listener can be bound where connections of an earlier one are
 * still in TIME_WAIT. Its own route no socket of TCP can wish for: over IPv4 too it is bound to `lo`.
 */
const ON_STREAMS: readonly SocketOption[] = [
  BOUND_TO_LOOPBACK,
  tcpOption(IPPROTO_TCP, TCP_NODELAY, 'TCP_NODELAY'),
  tcpOption(SOL_SOCKET, SO_REUSEADDR, 'SO_REUSEADDR'),
]

/** TCP, by address family. */
export const STREAMS: Readonly<Record<Family, SocketKind>> = {
  ipv4: { domain: AF_INET, type: SOCK_STREAM, always: ON_STREAMS, onWildcard: () => [] },
  ipv6: {
    domain: AF_INET6,
    type: SOCK_STREAM,
    always: [tcpOption(IPPROTO_IPV6, IPV6_FREEBIND, 'IPV6_FREEBIND'), ...ON_STREAMS],
    onWildcard: ({ ipv6Only = false }) => [
      { level: IPPROTO_IPV6, name: IPV6_V6ONLY, value: Number(ipv6Only), label: 'IPV6_V6ONLY' },
    ],
  },
}

/** Opens a socket that can be bound there. @throws SystemError */
export function openSocket(bound: Bound): number {
  const { address, protocol = 'udp', anywhere } = bound
  const { domain, type, always, onWildcard } = (protocol === 'udp' ? TRANSPORTS : STREAMS)[familyOf(address)]
  const fd = checked(addon.socket(domain, type), 'socket')
  try {
    for (const { level, name, value, label, waived } of isWildcard(address)
      ? [...always, ...onWildcard(bound)]
      : always) {
      if (anywhere && FENCES.has(name)) continue
      const status = addon.setOption(fd, level, name, value)
      if (!waived) checked(status, `setsockopt ${label}`)
    }
    return fd
  } catch (error) {
    addon.close(fd)
    throw error
  }
}
