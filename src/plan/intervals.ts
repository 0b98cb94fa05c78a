import { usageError } from '../errors.js'
import { formatDuration } from '../units/format.js'
import { flagOf } from './parameters/table.js'

/** How many intervals a measured phase is divided into at most: each is kept until the end, with a row for each member. */
export const MOST_INTERVALS = 3600

/** @throws RpbenchError RPB_USAGE where a phase of the planned length has too many intervals */
export function refuseTooMany(
  { durationNs }: { durationNs?: number | undefined },
  everyNs: number | undefined,
): void {
  if (everyNs === undefined || durationNs === undefined || durationNs / everyNs <= MOST_INTERVALS) return
  const least = Math.ceil(durationNs / MOST_INTERVALS / 1e8) * 1e8
  throw usageError(
    `${flagOf('intervalNs')} ${formatDuration(everyNs)} makes more than ${MOST_INTERVALS} intervals of ${formatDuration(durationNs)}: take ${formatDuration(least)} or more.`,
  )
}

/**
 * When the next interval is to end: at a multiple of its length, but no sooner than half of that from now, so that one that
 * ended late is not followed by a sliver, nor nearer to where the phase is planned to end.
 * @param phase ns, as `nowNs`; with the end where that is planned
 */
export function nextBoundaryNs(
  nowNs: number,
  everyNs: number,
  { startNs, endNs = Infinity }: { startNs: number; endNs?: number | undefined },
): number {
  const boundaryNs = startNs + Math.ceil((nowNs - startNs) / everyNs + 0.5) * everyNs
  return Math.abs(endNs - boundaryNs) < everyNs / 2 ? boundaryNs + everyNs : boundaryNs
}
