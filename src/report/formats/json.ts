import type { Reported } from './format.js'

/** The result, as `--json` prints it; of several a list. */
export function reportJson(reported: readonly Reported[]): string {
  const results = reported.map(({ result }) => result)
  return `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`
}
