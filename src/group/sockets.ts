import { flagOf } from '../plan/parameters/table.js'
import { fstatSync } from 'node:fs'
import { failedCall, RpbenchError } from '../errors.js'
import { findFreePort, isLocalAddress } from '../host/addresses.js'
import { ephemeralPortRange, openFileLimit } from '../host/limits.js'
import { describeOwners } from '../host/socket-owner.js'
import { openSocket, type Bound } from '../host/transport.js'
import { boundSockets } from './bound-sockets.js'
import { overlaps, type UdpSocket } from '../host/udp-table.js'
import {
  SOL_SOCKET,
  SO_RCVBUF,
  SO_REUSEPORT,
  SO_TIMESTAMPING,
  STAMP_ARRIVALS,
  SystemError,
  addon,
  checked,
} from '../native.js'

export interface GroupSockets extends Bound {
  port: number
  /** descriptors in bind order, which is the order of the kernel's array and of the member indexes */
  fds: number[]
  inodes: number[]
}

export interface GroupSocketOptions extends Bound {
  /** of TCP: how many connections may wait at a member until it accepts them; as many as the kernel allows when absent */
  backlog?: number
  /** 0: a free one */
  port: number
  /** how many */
  sockets: number
  /** SO_REUSEPORT: sockets share the port; without, there can be only one */
  reusePort: boolean
  /** SO_RCVBUF; the kernel's default when absent */
  receiveBufferBytes: number | undefined
  stampArrivals: StampArrivals
}

/**
 * When the kernel is to stamp each datagram's arrival, so that the way to the member and the wait in its socket are told
 * apart. While any socket asks, the kernel stamps every packet of the host, and a stamp is copied out with each datagram:
 * with 10,000 requests in flight that takes up to a tenth of the round trips. `warm-up`: where it can, until the measured
 * phase begins.
 */
export type StampArrivals = 'always' | 'warm-up' | 'never'

/** The kernel takes net.core.somaxconn of it. */
const MOST_BACKLOG = 2 ** 31 - 1

/** How many free ports are tried when others keep taking them. */
const FREE_PORT_ATTEMPTS = 8

/** Sockets of others on a port that would share datagrams with a group on this address, or lose them to it. */
function strangersOn(bound: Bound, port: number, ours: readonly number[]): UdpSocket[] {
  return boundSockets(port, bound).filter((s) => !ours.includes(s.inode) && overlaps(s, bound))
}

function portInUse(address: string, port: number, holder: UdpSocket | undefined): RpbenchError {
  const by = holder ? ` by ${describeOwners([holder]).get(holder.inode)!}` : ''
  return new RpbenchError(
    'RPB_PORT_IN_USE',
    `Port ${port} on ${address} is in use${by}, and a second group there would share its datagrams: stop it, or choose another ${flagOf('port')} (0 takes a free one).`,
  )
}

function memberError(
  index: number,
  options: GroupSocketOptions,
  port: number,
  error: SystemError,
): RpbenchError {
  const whose = options.reusePort
    ? `Member ${index} of ${options.sockets} could not open its`
    : 'The group could not open its'
  const who = `${whose} socket (${error.message})`
  switch (error.code) {
    case 'EADDRINUSE':
      return portInUse(options.address, port, strangersOn(options, port, [])[0])
    case 'EADDRNOTAVAIL':
      return isLocalAddress(options.address)
        ? new RpbenchError(
            'RPB_ADDRESS',
            `${who} on ${options.address}, which is an address of this host: it came or went just now, or the host's rules keep it; run again, or choose another ${flagOf('host')}.`,
            { cause: error },
          )
        : new RpbenchError(
            'RPB_ADDRESS',
            `${options.address} is not an address of this host any more: choose a ${flagOf('host')} that is.`,
            { cause: error },
          )
    case 'EMFILE':
    case 'ENFILE':
      return new RpbenchError(
        'RPB_FILES',
        `${who}: the limit is ${openFileLimit()} open files; lower ${flagOf('procs')}, or raise it with ulimit -n.`,
        { cause: error },
      )
    case 'ENOMEM':
    case 'ENOBUFS':
      return new RpbenchError(
        'RPB_MEMBER',
        `${who}: lower ${flagOf('procs')} or ${flagOf('receiveBufferBytes')}.`,
        { cause: error },
      )
    default:
      return failedCall(error)!
  }
}

/** Opens a socket, not bound yet, so that it is in no group. @throws SystemError */
export function openMemberSocket(
  options: Pick<GroupSocketOptions, keyof Bound | 'reusePort' | 'receiveBufferBytes' | 'stampArrivals'>,
): number {
  const fd = openSocket(options)
  try {
    if (options.reusePort)
      checked(addon.setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1), 'setsockopt SO_REUSEPORT')
    if (options.stampArrivals !== 'never' && options.protocol !== 'tcp') {
      const status = addon.setOption(fd, SOL_SOCKET, SO_TIMESTAMPING, STAMP_ARRIVALS)
      if (options.stampArrivals === 'always') checked(status, 'setsockopt SO_TIMESTAMPING')
    }
    if (options.receiveBufferBytes !== undefined)
      checked(addon.setOption(fd, SOL_SOCKET, SO_RCVBUF, options.receiveBufferBytes), 'setsockopt SO_RCVBUF')
    return fd
  } catch (error) {
    addon.close(fd)
    throw error
  }
}

/** Binds a member's socket, and over TCP has it listen: from now on it is in the group. @throws SystemError */
export function bindMember(
  fd: number,
  { address, port, protocol = 'udp', backlog = MOST_BACKLOG }: MemberPlace,
): void {
  checked(addon.bind(fd, address, port), 'bind')
  if (protocol === 'tcp') checked(addon.listen(fd, backlog), 'listen')
}

interface MemberPlace extends Pick<GroupSocketOptions, 'address' | 'protocol' | 'backlog'> {
  port: number
}

function openMember(options: GroupSocketOptions, port: number): number {
  const fd = openMemberSocket(options)
  try {
    bindMember(fd, { ...options, port })
    return fd
  } catch (error) {
    addon.close(fd)
    throw error
  }
}

/** Has the kernel stamp no more of what arrives at these sockets. Where it would not begin to, it need not end. */
export function endStamps(fds: readonly number[]): void {
  for (const fd of fds) addon.setOption(fd, SOL_SOCKET, SO_TIMESTAMPING, 0)
}

/** Closes descriptors that this process holds. */
export function closeAll(fds: readonly number[]): void {
  for (const fd of fds) addon.close(fd)
}

/**
 * Opens the sockets of a group, in order, on a port that nobody else has.
 * @throws RpbenchError naming the member and the next step; nothing stays open then.
 */
export function openGroupSockets(options: GroupSocketOptions): GroupSockets {
  if (options.port !== 0) return openOn(options.port, options)
  for (let attempt = 1; ; attempt++) {
    try {
      return openOn(freePort(options), options)
    } catch (error) {
      // Between the look and the bind, a flow of another run may take a port that was free.
      const taken = error instanceof RpbenchError && error.code === 'RPB_PORT_IN_USE'
      if (!taken || attempt === FREE_PORT_ATTEMPTS) throw error
    }
  }
}

/** Errors as those of `openGroupSockets`. */
function freePort(bound: Bound): number {
  const { address } = bound
  try {
    return findFreePort(bound)
  } catch (error) {
    if (!(error instanceof SystemError && error.code === 'EADDRINUSE')) throw error
    throw new RpbenchError(
      'RPB_PORT_IN_USE',
      `All ports ${ephemeralPortRange().join('-')} of ${address} are in use: name a free one with ${flagOf('port')}, or widen net.ipv4.ip_local_port_range.`,
      { cause: error },
    )
  }
}

function openOn(port: number, options: GroupSocketOptions): GroupSockets {
  const { address, ipv6Only = false, protocol = 'udp' } = options
  const holder = strangersOn(options, port, [])[0]
  if (holder) throw portInUse(address, port, holder)
  const fds: number[] = []
  try {
    while (fds.length < options.sockets) fds.push(openMember(options, port))
    const inodes = fds.map((fd) => fstatSync(fd).ino)
    // Another group may have come between the look and the bind.
    const late = strangersOn(options, port, inodes)[0]
    if (late) throw portInUse(address, port, late)
    return { address, ipv6Only, protocol, port, fds, inodes }
  } catch (error) {
    closeAll(fds)
    throw error instanceof SystemError ? memberError(fds.length, options, port, error) : error
  }
}
