import type { Finding, RunResult } from '../../result/run-result.js'
import { applies, type CheckRow, type Measurement, type Severity } from './check-row.js'
import type { FindingCode } from './codes.js'
import { COUNT_CHECKS } from './count-checks.js'
import { GENERATOR_CHECKS } from './generator-checks.js'
import { HOST_CHECKS } from './host-checks.js'
import { NOTES } from './notes.js'
import type { Observations } from './observations.js'

const CHECKS = [...COUNT_CHECKS, ...GENERATOR_CHECKS, ...HOST_CHECKS]

/** What was found, not yet in words. */
export interface Found extends Pick<Finding, 'severity' | 'measured' | 'limit'> {
  code: FindingCode
}

export interface Judgement {
  verdict: RunResult['validity']['verdict']
  found: Found[]
  checks: RunResult['validity']['checks']
}

/**
 * Judges what was observed: every check that could be made, with what was measured; what was found, for each check
 * that failed and for what is worth a note; and the worst of it as the verdict. A note accuses nobody: such a run is
 * valid.
 */
export function judge(observed: Observations): Judgement {
  const made = CHECKS.flatMap((row) => {
    const measurement = applies(row.appliesTo ?? {}, observed) ? row.measure(observed) : undefined
    return measurement === undefined ? [] : [{ row, measurement, passed: passes(measurement) }]
  })
  const found: Found[] = [
    ...made.flatMap(({ row, measurement, passed }) =>
      passed ? [] : [{ ...figures(row, measurement), severity: severityOf(row, observed, measurement) }],
    ),
    ...NOTES.flatMap((row) => {
      const noticed = applies(row.appliesTo ?? {}, observed) ? row.notice(observed) : undefined
      return noticed === undefined ? [] : [{ code: row.code, severity: row.severity, ...noticed }]
    }),
  ]
  const has = (severity: Severity): boolean => found.some((f) => f.severity === severity)
  return {
    verdict: has('invalid') ? 'invalid' : has('suspect') ? 'suspect' : 'valid',
    found,
    checks: made.map(({ row, measurement, passed }) => ({ ...figures(row, measurement), passed })),
  }
}

function passes({ measured, limit, atLeast = false }: Measurement): boolean {
  return atLeast ? measured >= limit : measured <= limit
}

function figures({ code }: CheckRow, { measured, limit }: Measurement): Pick<CheckRow, 'code'> & Measurement {
  return { code, measured, limit }
}

function severityOf({ severity }: CheckRow, observed: Observations, measurement: Measurement): Severity {
  return typeof severity === 'string' ? severity : severity(observed, measurement)
}
