import { familyOf, isWildcard, LOOPBACK, type Family } from '../units/addresses.js'
import type { Addresses } from './address-rules.js'

export const PROTOCOLS = ['udp'] as const
export { FAMILIES } from '../units/addresses.js'

/** What datagrams go over between clients and the group. */
export interface Transport {
  protocol: (typeof PROTOCOLS)[number]
  /** of the group's sockets */
  family: Family
}

/** The transport of a group on this address. */
export function transportOf(host: string): Transport {
  return { protocol: 'udp', family: familyOf(host) }
}

/** Where clients send to: a wildcard is not an address that one can send to, but loopback is among what it takes. */
export function serverAddress({ host, sourceAddresses = [] }: Addresses): string {
  return isWildcard(host) ? LOOPBACK[familyOf(sourceAddresses[0] ?? host)] : host
}

/** The families that a group on this address takes: the wildcard of IPv6 takes IPv4 too. */
export function familiesTaken({ host }: Pick<Addresses, 'host'>): readonly Family[] {
  const family = familyOf(host)
  return family === 'ipv6' && isWildcard(host) ? ['ipv4', 'ipv6'] : [family]
}
