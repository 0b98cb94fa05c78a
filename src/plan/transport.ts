import { FAMILIES, familyOf, WILDCARD, type Family } from '../units/addresses.js'
import type { Listen } from './listen.js'

export { FAMILIES, type Family }

/** The address that clients ask a group at, and what its members bind. */
export interface Listening {
  host: string
  listen: Listen
}

/** What members bind; on the wildcard of IPv6 they take IPv4 too, unless it is for IPv6 only. */
export function boundTo({ host, listen }: Listening): { address: string; ipv6Only?: boolean } {
  const family = familyOf(host)
  if (listen === 'address') return { address: host }
  if (listen === 'dual-stack') return { address: WILDCARD.ipv6 }
  return { address: WILDCARD[family], ...(family === 'ipv6' && { ipv6Only: true }) }
}

/** The families that a group takes. */
export function familiesTaken({ host, listen }: Listening): readonly Family[] {
  return listen === 'dual-stack' ? FAMILIES : [familyOf(host)]
}
