import { isMeasurement } from '../../metrics/measurement.js'
import type { Operator } from '../../plan/thresholds.js'
import type { ChurnResult } from '../../result/churn-result.js'
import type { RunResult } from '../../result/run-result.js'
import type { ComparedMetric } from '../../result/compare-result.js'
import { isOfKind, type SavedResult } from '../../result/saved-result.js'
import type { ThresholdResult } from '../../result/thresholds.js'
import type { SelectorsResult } from '../../result/verify-result.js'
import { formatMeasure } from '../../units/measure.js'
import { plural } from '../../units/plural.js'
import { pointLabel } from '../../plan/sweep-plan.js'
import { thresholdFacts } from '../threshold-lines.js'

/** One thing that a result is judged by. */
export interface Judgement {
  of: 'measurement' | 'threshold' | 'claim' | 'case' | 'comparison'
  /** what is judged. It holds neither limit nor figure, so that it stays the same from one measuring to the next */
  name: string
  outcome: ThresholdResult['outcome'] | 'not possible'
  /** limit, observed value, reason */
  facts: string[]
}

const IN_WORDS: Readonly<Record<Operator, string>> = {
  '<': 'below its limit',
  '<=': 'at most its limit',
  '>': 'above its limit',
  '>=': 'at least its limit',
  '==': 'equal to its limit',
}
const CLAIM_OUTCOMES = { holds: 'pass', 'does not hold': 'fail', 'cannot tell': 'cannot tell' } as const
const COMPARED = { better: 'pass', 'no worse': 'pass', worse: 'fail', 'cannot tell': 'cannot tell' } as const
const CASE_OUTCOMES = { pass: 'pass', fail: 'fail', 'not-possible': 'not possible' } as const

/** All that a result is judged by: whether it is a measurement, its claims or cases, and the thresholds that were set. */
export function judgementsOf(result: SavedResult): Judgement[] {
  return [
    ...measurement(result),
    ...('claims' in result ? (result.claims ?? []) : []).map(({ id, verdict, why }): Judgement => ({
      of: 'claim',
      name: id,
      outcome: CLAIM_OUTCOMES[verdict],
      facts: [why],
    })),
    ...(isOfKind(result, 'compare') ? result.metrics.map(comparisonOf) : []),
    ...('cases' in result ? result.cases.map(caseOf) : []),
    ...('thresholds' in result ? (result.thresholds ?? []).map(thresholdOf) : []),
  ]
}

function caseOf({ id, outcome, why }: SelectorsResult['cases'][number]): Judgement {
  return { of: 'case', name: id, outcome: CASE_OUTCOMES[outcome], facts: [why] }
}

function comparisonOf(compared: ComparedMetric): Judgement {
  const { metric, unit, base, new: next, adjustedPValue, verdict } = compared
  const medians = [base, next].map(({ median }) => formatMeasure(median, unit)).join(' to ')
  return {
    of: 'comparison',
    name: metric,
    outcome: COMPARED[verdict],
    facts: [verdict, `median ${medians}`, `p ${Number(adjustedPValue.toPrecision(2))}`],
  }
}

function thresholdOf(threshold: ThresholdResult): Judgement {
  const { metric, operator, outcome, point } = threshold
  const at = point ? ` at ${pointLabel(point)}` : ''
  return {
    of: 'threshold',
    name: `${metric} ${IN_WORDS[operator]}${at}`,
    outcome,
    facts: thresholdFacts(threshold),
  }
}

/** Whether there are figures to trust; verifications say that of each claim. */
function measurement(result: SavedResult): Judgement[] {
  if ('repetitions' in result)
    return [ofSeveral(result.repetitions.map(({ run, churn, error }) => run ?? churn ?? { error }))]
  if ('runs' in result) return [ofSeveral(result.runs)]
  return 'validity' in result ? [ofOne(result)] : []
}

const ONE = { of: 'measurement', name: 'measurement is valid' } as const

function ofOne({ stopped, failure, validity }: RunResult | ChurnResult): Judgement {
  const findings = validity.findings.map(({ severity, message }) => `${severity}: ${message}`)
  if (stopped === 'failed') return { ...ONE, outcome: 'fail', facts: [failure ?? 'it failed', ...findings] }
  if (stopped === 'interrupted')
    return { ...ONE, outcome: 'cannot tell', facts: ['interrupted', ...findings] }
  const outcome = validity.verdict === 'invalid' ? 'cannot tell' : 'pass'
  return { ...ONE, outcome, facts: [validity.verdict, ...findings] }
}

function ofSeveral(runs: readonly Parameters<typeof isMeasurement>[0][]): Judgement {
  const valid = runs.filter(isMeasurement).length
  return {
    of: 'measurement',
    name: 'measurements are valid',
    outcome: valid > 0 ? 'pass' : 'cannot tell',
    facts: [`${valid} of ${plural(runs.length, 'run is a measurement', 'runs are measurements')}`],
  }
}
