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
  WILDCARD,
} from '../units/addresses.js'
import { flagOf } from './parameters/table.js'

/** Where a group is asked, and where its clients send from; the latter chosen by the tool when absent. */
export interface Addresses {
  host: string
  sourceAddresses?: readonly string[] | undefined
  /** where a server that is not ours is; then `host` is its address */
  target?: object | undefined
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
      `${flag} ${address} is IPv4 in the form of IPv6: write ${address.replace('::ffff:', '')}${flag === flagOf('target') ? '.' : `; ${flagOf('listen')} dual-stack is for a group that takes both.`}`,
    )
}

/**
 * Checks what can be told of addresses by themselves.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function refuseAddresses({ host, sourceAddresses = [], target }: Addresses): void {
  const flag = flagOf(target ? 'target' : 'host')
  refuseNoUnicast(host, flag)
  const family = familyOf(host)
  if (isWildcard(host) && target)
    throw usageError(
      `${flag} ${host} stands for every address, and cannot be asked: give one of them, such as ${LOOPBACK[family]}.`,
    )
  if (isWildcard(host))
    throw usageError(
      `${flagOf('host')} ${host} stands for every address, and cannot be asked: for a group that listens on all of them, give ${flagOf('listen')} any${host === WILDCARD.ipv6 ? ', or dual-stack,' : ''} beside an address to ask, such as ${LOOPBACK[family]}.`,
    )
  for (const address of sourceAddresses) {
    refuseNoUnicast(address, flagOf('sourceAddresses'))
    if (isWildcard(address))
      throw usageError(
        `${flagOf('sourceAddresses')} ${address} stands for every address: name those to send from.`,
      )
  }
  const other = sourceAddresses.find((address) => familyOf(address) !== family)
  if (other !== undefined)
    throw usageError(
      `${flagOf('sourceAddresses')} ${other} cannot reach ${flag} ${host}: give ${FAMILY_NAMES[family]} addresses.`,
    )
}
