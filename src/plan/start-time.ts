import { usageError } from '../errors.js'
import { formatDuration } from '../units/format.js'
import { parseDuration } from '../units/parse.js'

/** When a run is to begin to send: at a time of the clock (ms since 1970), or so long from now (ns). */
export type StartWish = { epochMs: number } | { afterNs: number }

const MOST_WAIT_MS = 86_400e3
/** 2001, before which nothing here was; a smaller number is no time. */
const LEAST_EPOCH_S = 1e9

/**
 * Reads `+10s`, `2026-03-01T12:00:00Z` or seconds since 1970.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function parseStart(text: string, { flag }: { flag: string }): StartWish {
  if (text.startsWith('+'))
    return { afterNs: parseDuration(text.slice(1), { flag, min: 0, max: MOST_WAIT_MS * 1e6 }) }
  if (/^\d{10,11}(\.\d{1,9})?$/.test(text) && Number(text) >= LEAST_EPOCH_S)
    return { epochMs: Number(text) * 1000 }
  // Without a zone it would be another time on each host.
  const zoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(text)
  const epochMs = zoned ? Date.parse(text) : Number.NaN
  if (Number.isNaN(epochMs))
    throw usageError(
      `${flag} "${text}" is no time: write 2026-03-01T12:00:00Z (with Z or an offset), seconds since 1970 (date -d 'now + 30 sec' +%s), or +10s from now.`,
    )
  return { epochMs }
}

/**
 * When it is, in ms since 1970.
 * @param nowMs the same of now
 * @throws RpbenchError (wrong usage) where that is over, or too far off
 */
export function startTime(wish: StartWish, nowMs: number, flag: string): number {
  const atMs = 'epochMs' in wish ? wish.epochMs : nowMs + wish.afterNs / 1e6
  if (atMs < nowMs)
    throw usageError(
      `${flag} ${new Date(atMs).toISOString()} is over, by ${formatDuration(1e6 * (nowMs - atMs))}: give a time to come.`,
    )
  if (atMs - nowMs > MOST_WAIT_MS)
    throw usageError(
      `${flag} ${new Date(atMs).toISOString()} is more than a day from now: give one within it.`,
    )
  return atMs
}
