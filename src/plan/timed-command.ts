import { usageError } from '../errors.js'
import { parseDuration, type FlagBounds } from '../units/parse.js'

/** A command of the user's, and when it is run: ns since the measured phase began. */
export interface TimedCommand {
  atNs: number
  /** as a shell takes it */
  command: string
}

/**
 * `2s:nginx -s reload` → when, and what.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function parseTimedCommand(text: string, bounds: FlagBounds): TimedCommand {
  const colon = text.indexOf(':')
  const command = text.slice(colon + 1).trim()
  if (colon < 1 || command === '')
    throw usageError(
      `${bounds.flag} '${text}' is not a time and a command: write such as '2s:nginx -s reload'.`,
    )
  return { atNs: parseDuration(text.slice(0, colon), bounds), command }
}
