import { usageError } from '../errors.js'
import {
  familyOf,
  FAMILY_NAMES,
  isBroadcast,
  isLinkLocal,
  isMappedIpv4,
  isMulticast,
  isWildcard,
  LOOPBACK,
} from '../units/addresses.js'
import { flagOf } from './parameters/table.js'

/** Where a group listens, and where its clients send from; the latter chosen by the tool when absent. */
export interface Addresses {
  host: string
  sourceAddresses?: readonly string[] | undefined
}

function refuseNoUnicast(address: string, flag: string): void {
  if (isMulticast(address) || isBroadcast(address))
    throw usageError(
      `${flag} ${address} is not an address of one host: flows are unicast, such as at ${LOOPBACK[familyOf(address)]}.`,
    )
  if (familyOf(address) === 'ipv6' && isLinkLocal(address))
    throw usageError(
      `${flag} ${address} is an address of one link, which means nothing without the name of its interface: give one that does, such as ${LOOPBACK.ipv6}.`,
    )
  if (isMappedIpv4(address))
    throw usageError(
      `${flag} ${address} is IPv4 in the form of IPv6: write ${address.replace('::ffff:', '')}, or :: for a group that takes both.`,
    )
}

/**
 * Checks what can be told of addresses by themselves. A group on :: takes both families; its clients keep to one.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function refuseAddresses({ host, sourceAddresses = [] }: Addresses): void {
  refuseNoUnicast(host, flagOf('host'))
  for (const address of sourceAddresses) {
    refuseNoUnicast(address, flagOf('sourceAddresses'))
    if (isWildcard(address))
      throw usageError(
        `${flagOf('sourceAddresses')} ${address} stands for every address: name those to send from.`,
      )
  }
  const family = familyOf(host === '::' ? (sourceAddresses[0] ?? host) : host)
  const other = sourceAddresses.find((address) => familyOf(address) !== family)
  if (other !== undefined)
    throw usageError(
      host === '::'
        ? `${flagOf('sourceAddresses')} ${other} is of another family than ${sourceAddresses[0]}: clients of one run keep to IPv4 or to IPv6.`
        : `${flagOf('sourceAddresses')} ${other} cannot reach ${flagOf('host')} ${host}: give ${FAMILY_NAMES[family]} addresses.`,
    )
}
