import { readFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import { addon, checked } from '../native.js'
import { familyOf, isWildcard } from '../units/addresses.js'
import { openSocket } from './transport.js'

/** RTF_LOCAL of linux/ipv6_route.h: what goes to this prefix is this host's. */
const LOCAL_ROUTE = 0x8000_0000

/** The prefixes that are local, out of the text of /proc/net/ipv6_route (net/ipv6/route.c, rt6_info_route). */
export function localPrefixes(table: string): BlockList {
  const local = new BlockList()
  for (const line of table.split('\n')) {
    const [prefix = '', length = '', , , , , , , flags = ''] = line.trim().split(/\s+/)
    if ((Number.parseInt(flags, 16) & LOCAL_ROUTE) !== 0)
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
  if (familyOf(address) === 'ipv4' || isWildcard(address)) return canUse(address)
  try {
    return localPrefixes(readFileSync('/proc/net/ipv6_route', 'latin1')).check(address, 'ipv6')
  } catch {
    return false // no IPv6 here
  }
}

function canUse(address: string): boolean {
  let fd: number
  try {
    fd = openSocket(address)
  } catch {
    return false // the family is not there
  }
  // bind() takes the broadcast address of an interface as well; connect() does not.
  const status =
    addon.bind(fd, address, 0) || (isWildcard(address) ? 0 : addon.connect(fd, address, addon.localPort(fd)))
  addon.close(fd)
  return status === 0
}

/** A port that nobody has, not even as a SO_REUSEPORT socket: such a socket would let a bind to port 0 join it. */
export function findFreePort(address: string): number {
  const fd = openSocket(address)
  try {
    checked(addon.bind(fd, address, 0), 'bind')
    return checked(addon.localPort(fd), 'getsockname')
  } finally {
    addon.close(fd)
  }
}
