import type { AttachResult } from '../result/attach-result.js'
import type { CompareResult } from '../result/compare-result.js'
import type { ChurnResult } from '../result/churn-result.js'
import type { DoctorResult } from '../result/doctor-result.js'
import type { RepeatResult } from '../result/repeat-result.js'
import type { RunResult } from '../result/run-result.js'
import type { SweepResult } from '../result/sweep-result.js'
import type { ThresholdResult } from '../result/thresholds.js'
import type { ClaimsResult, SelectorsResult } from '../result/verify-result.js'

/** The command was interrupted, after it kept and printed what it had. */
export const INTERRUPTED_STATUS = 130

const FAILED = 1
/** Not a valid measurement, or what was asked cannot be told. */
export const INVALID_STATUS = 3
/** A claim, a case or a threshold does not hold. */
const DOES_NOT_HOLD = 99

/** The exit status that each kind of result ends its command with; 0 for a good one. Errors have theirs in errors.ts. */
export const EXIT_STATUS = {
  run: statusOfRun,
  churn: statusOfRun,
  sweep: ({ stopped, runs }: SweepResult): number =>
    stopped === 'interrupted' ? INTERRUPTED_STATUS : statusOfRuns(runs),
  repeat: ({ stopped, repetitions }: RepeatResult): number =>
    stopped === 'interrupted'
      ? INTERRUPTED_STATUS
      : statusOfRuns(
          repetitions.map(({ error, run, churn }) => ({
            error,
            stopped: (run ?? churn)?.stopped,
            validity: (run ?? churn)?.validity,
          })),
        ),
  /** What is known not to hold outweighs what is not known. */
  verify: ({ stopped, claims }: ClaimsResult): number => {
    if (stopped === 'interrupted') return INTERRUPTED_STATUS
    if (claims.some(({ holds }) => holds === false)) return DOES_NOT_HOLD
    return claims.every(({ holds }) => holds === true) ? 0 : INVALID_STATUS
  },
  /** Results that were invalid or failed are no chance sample of what there would have been: nothing passes without them. */
  compare: ({ stopped, verdict, base, new: next }: CompareResult): number => {
    if (stopped === 'interrupted') return INTERRUPTED_STATUS
    if (verdict === 'worse') return DOES_NOT_HOLD
    if (isNone(base) || isNone(next)) return FAILED
    const lacking = [...base.leftOut, ...next.leftOut].some(({ outcome }) => outcome !== 'interrupted')
    return lacking || verdict === 'cannot tell' ? INVALID_STATUS : 0
  },
  attach: ({ stopped }: AttachResult): number =>
    stopped === undefined ? 0 : stopped === 'interrupted' ? INTERRUPTED_STATUS : FAILED,
  selectors: ({ cases }: SelectorsResult): number =>
    cases.some(({ outcome }) => outcome === 'fail') ? DOES_NOT_HOLD : 0,
}

/**
 * The status of a result that was held against limits: what is known not to hold outweighs what is not known, and a run that
 * failed, or was interrupted, both.
 * @param status that the result has without them
 */
export function statusOfThresholds(
  status: number,
  thresholds: readonly Pick<ThresholdResult, 'outcome'>[] = [],
): number {
  if (status !== 0 && status !== INVALID_STATUS) return status
  if (thresholds.some(({ outcome }) => outcome === 'fail')) return DOES_NOT_HOLD
  return thresholds.every(({ outcome }) => outcome === 'pass') ? status : INVALID_STATUS
}

/** Whether a side of a comparison failed as a whole. */
const isNone = ({ used, leftOut }: CompareResult['base']): boolean =>
  used === 0 && leftOut.every(({ outcome }) => outcome === 'failed')

/** Of several: what some of them gave is worth having. */
function statusOfRuns(
  runs: readonly {
    error?: unknown
    stopped?: string | undefined
    validity?: { verdict: string } | undefined
  }[],
): number {
  const measured = runs.filter(({ error, stopped }) => error === undefined && stopped === undefined)
  if (measured.length === 0) return FAILED
  return measured.every(({ validity }) => validity?.verdict === 'invalid') ? INVALID_STATUS : 0
}

function statusOfRun({ stopped, validity }: RunResult | ChurnResult): number {
  if (stopped === 'failed') return FAILED
  if (stopped === 'interrupted') return INTERRUPTED_STATUS
  return validity.verdict === 'invalid' ? INVALID_STATUS : 0
}

/** @param strict whether what would make a run less than valid counts too */
export function statusOfDoctor({ stopped, works, checks }: DoctorResult, strict: boolean): number {
  if (stopped === 'interrupted') return INTERRUPTED_STATUS
  if (!works) return FAILED
  const clear = checks.every(({ status, judged }) => status !== 'fail' && (!judged || status === 'ok'))
  return clear || !strict ? 0 : INVALID_STATUS
}
