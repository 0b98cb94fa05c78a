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
    port,
    udp = false,
    tcp = false,
    namespacePid,
    level = 'explain',
    durationNs = defaultOf('durationNs', 'attach'),
    intervalNs = defaultOf('intervalNs', 'attach'),
  } = asked
  if (port === undefined)
    throw usageError(
      `${flagOf('port')} is missing: name the port of the group, such as ${flagOf('port')} 53.`,
    )
  if (udp && tcp)
    throw usageError(
      `${flagOf('udp')} and ${flagOf('tcp')} are two groups: watch one of them, each in a terminal of its own.`,
    )
  refuseTooMany({ durationNs }, intervalNs)
  return {
    port,
    ...(udp && { protocol: 'udp' as const }),
    ...(tcp && { protocol: 'tcp' as const }),
    ...(namespacePid !== undefined && { pid: namespacePid }),
    upTo: level,
    durationNs,
    intervalNs,
  }
}
