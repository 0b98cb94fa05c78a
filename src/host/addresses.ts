import { readFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import { constants, networkInterfaces } from 'node:os'
import { addon, checked, SystemError } from '../native.js'
import { canonicalAddress, familyOf, isWildcard } from '../units/addresses.js'
import { openSocket, TRANSPORTS, type Bound } from './transport.js'

/** RTF_LOCAL of linux/ipv6_route.h: what goes to this prefix is this host's. */
const LOCAL_ROUTE = 0x8000_0000

/**
 * The prefixes that are local, out of the text of /proc/net/ipv6_route (net/ipv6/route.c, rt6_info_route).
 * @param device only those whose route is of this interface
 */
export function localPrefixes(table: string, device?: string): BlockList {
  const local = new BlockList()
  for (const line of table.split('\n')) {
    const [prefix = '', length = '', , , , , , , flags = '', of] = line.trim().split(/\s+/)
    if ((Number.parseInt(flags, 16) & LOCAL_ROUTE) !== 0 && (device === undefined || of === device))
      local.addSubnet(prefix.match(/.{4}/g)!.join(':'), Number.parseInt(length, 16), 'ipv6')
  }
  return local
}

/**
 * Whether an address is one of this host's, so that what is sent to it stays here. IPv4 is asked of the kernel, which
 * knows more than a list of interfaces: bind() goes by routes. For IPv6 it goes by addresses or, if that is waived, by
 * nothing; so routes are read.
 */
export function isLocalAddress(address: string): boolean {
  return familyOf(address) === 'ipv4' || isWildcard(address) ? canUse(address) : hasLocalRoute(address)
}

/**
 * Whether what is sent to a local address stays here also when the address is removed: over IPv6 sockets are bound to
 * `lo`, which takes a route of `lo`. The kernel makes one of the interface that has the address.
 */
export function isFenced(address: string): boolean {
  return familyOf(address) === 'ipv4' || hasLocalRoute(address, 'lo')
}

/** @param device of which the route is to be */
function hasLocalRoute(address: string, device?: string): boolean {
  try {
    return localPrefixes(readFileSync('/proc/net/ipv6_route', 'latin1'), device).check(address, 'ipv6')
  } catch {
    return false // no IPv6 here
  }
}

const { EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EHOSTUNREACH, ENETDOWN, ENETUNREACH } =
  constants.errno

/** Errors of bind() and connect() that say that the address is none to be used here; any other says nothing of it. */
const NOT_USABLE = new Set<number>([EACCES, EADDRNOTAVAIL, EHOSTUNREACH, ENETDOWN, ENETUNREACH])

function canUse(address: string): boolean {
  let fd: number
  try {
    fd = openSocket({ address })
  } catch (error) {
    if (error instanceof SystemError && error.errno === EAFNOSUPPORT) return false // the family is not there
    throw error
  }
  try {
    const bound = addon.bind(fd, address, 0)
    // No port is free there, which is no matter of the address.
    if (bound === -EADDRINUSE) return true
    // bind() takes the broadcast address of an interface as well; connect() does not.
    const status =
      bound === 0 && !isWildcard(address) ? addon.connect(fd, address, addon.localPort(fd)) : bound
    if (NOT_USABLE.has(-status)) return false
    return checked(status, bound === 0 ? 'connect' : 'bind') === 0
  } finally {
    addon.close(fd)
  }
}

/**
 * From which address of this host what is sent to another leaves, by the kernel's routes; nothing is sent.
 * @returns undefined where there is no way to it
 */
export function sourceTowards(address: string): string | undefined {
  const family = familyOf(address)
  const { domain, type } = TRANSPORTS[family]
  const fd = checked(addon.socket(domain, type), 'socket')
  try {
    // Any port will do: connect() of UDP asks for the route alone.
    if (addon.connect(fd, address, 9) < 0) return undefined
    const source = addon.localAddress(fd)
    return typeof source === 'string' ? canonicalAddress(source) : undefined
  } finally {
    addon.close(fd)
  }
}

/** Whether this network namespace has a loopback interface that is up. A new one has not. */
export function loopbackIsUp(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => internal))
}

/** Whether this user may bind to a port, taken or not: low ones are root's. @throws SystemError */
export function mayBind(address: string, port: number): boolean {
  const fd = openSocket({ address })
  try {
    const status = addon.bind(fd, address, port)
    if (status === -EACCES) return false
    if (status !== -EADDRINUSE) checked(status, 'bind')
    return true
  } finally {
    addon.close(fd)
  }
}

/** A port that nobody has, not even as a SO_REUSEPORT socket: such a socket would let a bind to port 0 join it. */
export function findFreePort({ address, protocol = 'udp' }: Pick<Bound, 'address' | 'protocol'>): number {
  const fd = openSocket({ address, protocol })
  try {
    checked(addon.bind(fd, address, 0), 'bind')
    return checked(addon.localPort(fd), 'getsockname')
  } finally {
    addon.close(fd)
  }
}
