import { usageError } from '../errors.js'
import { endpoint } from '../units/addresses.js'
import { GROUP_PARAMETERS } from './parameters/group.js'
import { flagOf } from './parameters/table.js'
import { protocolsOf, usualProtocol, type Protocol } from './protocol.js'
import type { RunRequest } from './run-plan.js'

type GroupKey = keyof typeof GROUP_PARAMETERS

/** Parameters that say what a group of ours is: a server of somebody else is what it is. */
const OF_OUR_GROUP = Object.keys(GROUP_PARAMETERS) as GroupKey[]

/** Of those, the ones that mean nothing of another server: it has an address and a port too. */
export type OnlyOurs = Exclude<GroupKey, 'host' | 'port'>
export const ONLY_OURS = OF_OUR_GROUP.filter((key): key is OnlyOurs => key !== 'host' && key !== 'port')

/**
 * The protocol of a plan.
 * @throws RpbenchError (wrong usage) where it cannot be asked of whom it is to be asked
 */
export function protocolFor({ target, protocol }: Pick<RunRequest, 'target' | 'protocol'>): Protocol {
  const who = target === undefined ? 'group' : 'target'
  const asked = protocol ?? usualProtocol(target !== undefined)
  const known = protocolsOf(who)
  if (!known.includes(asked))
    throw usageError(
      who === 'group'
        ? `${flagOf('protocol')} ${asked} needs ${flagOf('target')}: a group of ours speaks ${known.join(' or ')}.`
        : `${flagOf('protocol')} ${asked} is of a group of ours: with ${flagOf('target')} take ${known.join(', ')}.`,
    )
  return asked
}

/** @throws RpbenchError (wrong usage) on what makes no sense with this protocol */
export function refuseUnderProtocol(protocol: Protocol, { queries, payloadBytes }: RunRequest): void {
  if (queries !== undefined && protocol !== 'dns')
    throw usageError(`${flagOf('queries')} needs ${flagOf('protocol')} dns: it has questions of DNS.`)
  if (payloadBytes !== undefined && protocol === 'dns')
    throw usageError(
      `${flagOf('payloadBytes')} and ${flagOf('protocol')} dns exclude each other: a question is as long as its name.`,
    )
}

/**
 * @param request what was asked for: what only a group of ours can be told is refused with a target
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function refuseWithTarget(request: RunRequest): void {
  if (request.target === undefined) return
  const key = OF_OUR_GROUP.find((one) => request[one] !== undefined)
  if (key === undefined) return
  throw usageError(
    `${flagOf('target')} and ${flagOf(key)} exclude each other: ${key === 'host' || key === 'port' ? `${flagOf('target')} says where to ask` : 'that is of a group of ours, and the target is what it is'}.`,
  )
}

/** What a server on another host is asked where nothing is said: it may not be meant to be loaded. */
const MODEST = { rateHz: 100, flows: 100 } as const

/** The load on a server of another host, as far as nothing is said of it. */
export function modestLoad(request: RunRequest): Pick<RunRequest, 'rateHz' | 'flows'> {
  return {
    ...(request.inFlight === undefined && { rateHz: request.rateHz ?? MODEST.rateHz }),
    flows: request.flows ?? MODEST.flows,
  }
}

/** @throws RpbenchError (wrong usage) where what is sent would leave this host, and nobody allowed that */
export function refuseRemote({ target, allowRemote }: RunRequest, remote: boolean): void {
  if (target === undefined) {
    if (allowRemote) throw usageError(`${flagOf('allowRemote')} needs ${flagOf('target')}.`)
    return
  }
  if (remote && !allowRemote)
    throw usageError(
      `${flagOf('target')} ${endpoint(target.address, target.port)} is no address of this host: with ${flagOf('allowRemote')}, rpbench run sends there all the same (where nothing else is said, ${MODEST.rateHz} requests a second from ${MODEST.flows} source ports). Load only what you may.`,
    )
}
