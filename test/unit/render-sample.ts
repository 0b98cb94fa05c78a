import { renderRunText } from '../../src/report/text.js'
import type { RunResult } from '../../src/result/run-result.js'
import { sampleMember, sampleResult } from './sample-result.js'

export const savedTo = ['-run.json', '-run-members.csv', '-run-flows.csv'].map(
  (end) => `results/20261122T101300Z${end}`,
)

export const render = (result: RunResult, columns = 120): string =>
  renderRunText(result, { columns, color: false, savedTo })

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
