import { watchedLine } from '../report/attach/live-line.js'
import type { AttachInterval, AttachIntervalLine } from '../result/attach-result.js'
import { ATTACH_INTERVAL_SCHEMA } from '../result/schema-names.js'
import type { ProgressLine } from './progress.js'
import type { StandardOutput } from './standard-output.js'

/** What shows each interval of a group that is watched as it ends: a line on a terminal, and one of JSON where that is asked for. */
export function watchedPrinter(
  { 'json-lines': lines }: { 'json-lines': boolean },
  progress: ProgressLine,
  output: StandardOutput,
): (interval: AttachInterval) => void {
  return (interval) => {
    progress.keep((columns) => watchedLine(interval, columns))
    const line: AttachIntervalLine = { schema: ATTACH_INTERVAL_SCHEMA, ...interval }
    if (lines) void output.write(`${JSON.stringify(line)}\n`)
  }
}
