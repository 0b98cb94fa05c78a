import { networkInterfaces } from 'node:os'
import { isLinkLocal, isWildcard, LOOPBACK, familyOf, type Family } from '../units/addresses.js'

/**
 * An address at which others can ask a socket that is bound there: itself, or one of an interface of this host.
 * @param bound its address
 */
export function reachableAddress(bound: string): string {
  if (!isWildcard(bound)) return bound
  const families: readonly Family[] = familyOf(bound) === 'ipv4' ? ['ipv4'] : ['ipv6', 'ipv4']
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  for (const family of families) {
    const found = all.find(
      ({ internal, address, family: of }) =>
        !internal && of.toLowerCase() === family && !(family === 'ipv6' && isLinkLocal(address)),
    )
    if (found) return found.address
  }
  return LOOPBACK[families[0]!]
}
