import { renderRunText } from '../../src/report/run/text.js'
import { renderSaved } from '../../src/report/saved-text.js'
import type { TextOptions } from '../../src/report/views.js'
import type { RunResult } from '../../src/result/run-result.js'
import { sampleMember, sampleResult } from './sample-result.js'

const savedTo = ['-run.json', '-run-members.csv', '-run-flows.csv'].map(
  (end) => `results/20261122T101300Z${end}`,
)

/** All that a terminal shows: the report, and then where it was saved. */
export const withSaved = <Result>(
  report: (result: Result, options: TextOptions) => string,
  result: Result,
  options: TextOptions,
  paths = savedTo,
): string => report(result, options) + renderSaved(paths, options)

export const render = (result: RunResult, columns = 120): string =>
  withSaved(renderRunText, result, { columns, color: false })

/** The line with this label, together with its continuation, as one string. */
export function lineOf(text: string, label: string): string {
  const match = new RegExp(`^ ${label} .*(?:\\n {2,}.*)*`, 'm').exec(text)
  return match?.[0].replaceAll(/\s+/g, ' ').trim() ?? ''
}

/** A group with one hot member, index 5. */
export function group(size: number): RunResult {
  const members = Array.from({ length: size }, (_, i) =>
    i === 5
      ? sampleMember(i, 290, { residual: 6, residualPValue: 1e-6 })
      : sampleMember(i, 150 + ((i * 37) % 41)),
  )
  return sampleResult({ members })
}
