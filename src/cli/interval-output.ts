import { usageError } from '../errors.js'
import { flagOf } from '../plan/parameters/table.js'
import { liveLine } from '../report/intervals/live-line.js'
import type { IntervalLine, ToldInterval } from '../result/interval.js'
import type { ProgressLine } from './progress.js'
import type { StandardOutput } from './standard-output.js'
import { INTERVAL_SCHEMA } from '../result/schema-names.js'

interface IntervalFlags {
  json: boolean
  'json-lines': boolean
}

/** @throws RpbenchError RPB_USAGE where lines are asked for that there would be none of, or that would be no JSON document */
export function refuseLines({ json, 'json-lines': lines }: IntervalFlags, everyNs: number | undefined): void {
  if (lines && json)
    throw usageError(
      '--json-lines and --json exclude each other: the last of the lines is the result, so leave out --json.',
    )
  if (lines && everyNs === undefined)
    throw usageError(
      `--json-lines needs ${flagOf('intervalNs')}: it prints a line for each interval and one for the result; give ${flagOf('intervalNs')} 1s, or take --json.`,
    )
}

/** What shows each interval as it ends: a line on a terminal, and one of JSON on standard output where that is asked for. */
export function intervalPrinter(
  { 'json-lines': lines }: Pick<IntervalFlags, 'json-lines'>,
  progress: ProgressLine,
  output: StandardOutput,
): (told: ToldInterval) => void {
  return ({ interval, ...which }) => {
    progress.keep((columns) => liveLine(interval, columns, which.repetition))
    const line: IntervalLine = { schema: INTERVAL_SCHEMA, ...which, ...interval }
    // In order: the stream keeps it.
    if (lines) void output.write(`${JSON.stringify(line)}\n`)
  }
}
