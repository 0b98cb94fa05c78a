import type { Finding, RunResult } from '../../result/run-result.js'
import { COUNT_CHECKS } from './count-checks.js'
import type { Observations } from './observations.js'
import { GENERATOR_CHECKS } from './generator-checks.js'
import { HOST_CHECKS } from './host-checks.js'
import { REMARKS } from './remarks.js'

export type { Observations } from './observations.js'

const CHECKS = [...COUNT_CHECKS, ...GENERATOR_CHECKS, ...HOST_CHECKS]

/**
 * Judges a run: every check that could be made, with what was measured; a finding for each that failed and for what
 * is worth a remark; and the worst finding as the verdict. A note accuses nobody: such a run is valid.
 */
export function judge(observed: Observations): RunResult['validity'] {
  const rows = CHECKS.flatMap((row) => {
    const measurement = row.measure(observed)
    if (measurement === undefined) return []
    const { measured, limit, atLeast = false } = measurement
    return [
      {
        row,
        check: { code: row.code, measured, limit, passed: atLeast ? measured >= limit : measured <= limit },
      },
    ]
  })
  const findings: Finding[] = [
    ...rows.flatMap(({ row, check: { code, measured, limit, passed } }) =>
      passed ? [] : [{ code, measured, limit, ...row.explain(observed, measured, limit) }],
    ),
    ...REMARKS.map((remark) => remark(observed)).filter((finding) => finding !== undefined),
  ]
  const has = (severity: Finding['severity']): boolean => findings.some((f) => f.severity === severity)
  return {
    verdict: has('invalid') ? 'invalid' : has('suspect') ? 'suspect' : 'valid',
    findings,
    checks: rows.map(({ check }) => check),
  }
}
