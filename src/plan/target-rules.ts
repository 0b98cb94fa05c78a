import { usageError } from '../errors.js'
import { GROUP_PARAMETERS } from './parameters/group.js'
import { flagOf } from './parameters/table.js'
import { protocolsOf, usualProtocol, type Protocol } from './protocol.js'
import type { RunPlan, RunRequest } from './run-plan.js'

/** What there is no client or server of yet, by whom it is asked of. */
const NOT_YET: Readonly<Record<'group' | 'target', readonly Protocol[]>> = {
  group: [],
  target: ['echo', 'dns', 'tcp', 'http'],
}

type GroupKey = keyof typeof GROUP_PARAMETERS

/** Parameters that say what a group of ours is: a server of somebody else is what it is. */
export const OF_OUR_GROUP = Object.keys(GROUP_PARAMETERS) as GroupKey[]

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

/** @throws RpbenchError (wrong usage) where nothing here speaks the protocol yet */
export function refuseNotYet({ target, protocol }: Pick<RunPlan, 'target' | 'protocol'>): void {
  if (!NOT_YET[target ? 'target' : 'group'].includes(protocol)) return
  throw usageError(
    target
      ? `${flagOf('target')} with ${flagOf('protocol')} ${protocol} is not there yet.`
      : `${flagOf('protocol')} ${protocol} of a group is not there yet: leave it out for ${usualProtocol(false)}.`,
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
