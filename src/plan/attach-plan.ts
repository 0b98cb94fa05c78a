import { usageError } from '../errors.js'
import { refuseTooMany } from './intervals.js'
import type { ObservationLevel } from './observation-level.js'
import { defaultOf, flagOf } from './parameters/table.js'

/** What the user asked for: absent where nothing was said. */
export interface AttachRequest {
  port?: number
  udp?: boolean
  tcp?: boolean
  namespacePid?: number
  detach?: boolean
  level?: ObservationLevel
  durationNs?: number
  intervalNs?: number
}

/** Which group is watched, how far and how long. */
export interface AttachPlan {
  port: number
  /** absent: UDP where somebody is bound to its port, else TCP */
  protocol?: 'udp' | 'tcp'
  /** a process in its network namespace, where that is not this one's */
  pid?: number
  /** no further than this */
  upTo: ObservationLevel
  durationNs: number
  intervalNs: number
}

/**
 * Makes a request whole.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function planAttach(asked: AttachRequest): AttachPlan {
  const {
    namespacePid,
    level = 'explain',
    durationNs = defaultOf('durationNs', 'attach'),
    intervalNs = defaultOf('intervalNs', 'attach'),
  } = asked
  const { port, protocol } = namedGroup(asked)
  refuseTooMany({ durationNs }, intervalNs)
  return {
    port,
    ...(protocol && { protocol }),
    ...(namespacePid !== undefined && { pid: namespacePid }),
    upTo: level,
    durationNs,
    intervalNs,
  }
}

/** Of which group filters that were left are taken off. */
export interface DetachPlan {
  port: number
  protocols: readonly ('udp' | 'tcp')[]
  /** a process in its network namespace, where that is not this one's */
  pid?: number
}

/**
 * Makes a request to take filters off whole.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function planDetach(asked: AttachRequest): DetachPlan {
  for (const key of ['level', 'durationNs', 'intervalNs'] as const)
    if (asked[key] !== undefined)
      throw usageError(
        `${flagOf('detach')} watches nothing, so ${flagOf(key)} says nothing: leave one of them out.`,
      )
  const { port, protocol } = namedGroup(asked)
  return {
    port,
    protocols: protocol === undefined ? ['udp', 'tcp'] : [protocol],
    ...(asked.namespacePid !== undefined && { pid: asked.namespacePid }),
  }
}

/** The group that the user named. @throws RpbenchError (wrong usage) where that is none, or two */
function namedGroup({ port, udp = false, tcp = false }: AttachRequest): {
  port: number
  protocol?: 'udp' | 'tcp'
} {
  if (port === undefined)
    throw usageError(
      `${flagOf('port')} is missing: name the port of the group, such as ${flagOf('port')} 53.`,
    )
  if (udp && tcp)
    throw usageError(
      `${flagOf('udp')} and ${flagOf('tcp')} are two groups: watch one of them, each in a terminal of its own.`,
    )
  return { port, ...(udp && { protocol: 'udp' }), ...(tcp && { protocol: 'tcp' }) }
}
