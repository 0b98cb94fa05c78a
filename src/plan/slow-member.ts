import { usageError } from '../errors.js'
import { parseCount, parseDuration, type FlagBounds } from '../units/parse.js'

/** One member that takes another time than the rest. */
export interface SlowMember {
  index: number
  serviceTimeNs: number
}

/**
 * Reads a member's index and its time, such as `2:500us`; bounds are of the time, ns.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function parseSlowMember(text: string, bounds: FlagBounds): SlowMember {
  const [index, time, ...more] = text.split(':')
  if (!index || !time || more.length > 0)
    throw usageError(`${bounds.flag} takes a member's index and its time, such as 2:500us, not "${text}".`)
  return {
    index: parseCount(index, { flag: bounds.flag }),
    serviceTimeNs: parseDuration(time, bounds),
  }
}
