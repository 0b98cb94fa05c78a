import { compareMetrics, verdictOverAll } from '../analysis/compare/compare-metrics.js'
import { hostDifferences, planDifferences, type Place } from '../analysis/compare/differences.js'
import { isUsed, metricValues } from '../analysis/compare/metric-values.js'
import { COMPARE_ALPHA, usualMetrics, type Design } from '../plan/comparison.js'
import type { MetricName } from '../plan/metrics/table.js'
import type { ComparedSide, CompareResult } from '../result/compare-result.js'
import type { ResultSet, SetResult } from '../result/result-set.js'
import type { RunResult } from '../result/run-result.js'
import { measuredTraits } from './host-traits.js'
import { COMPARE_SCHEMA } from '../result/schema-names.js'

/** A set with what is known of it where none of its results could be made. */
export interface CompareSide extends ResultSet {
  plan: RunResult['plan']
  host: RunResult['host']
  toolVersion: string
}

/** What is compared, and how. */
export interface CompareRecord {
  toolVersion: string
  startedAt: string
  of: CompareResult['of']
  design: Design
  bound: number
  metrics: readonly MetricName[]
  /** whether the user named them: then each must be there */
  named: boolean
  base: CompareSide
  next: CompareSide
  interrupted?: boolean
  /** which of each pair was measured first */
  firsts?: readonly ('base' | 'new')[]
}

/** The metrics that are compared where the user names none: those that both sides can have. */
export function usualMetricsOf(of: CompareResult['of'], plans: readonly RunResult['plan'][]): MetricName[] {
  return usualMetrics(
    of,
    plans.every(({ effective }) => effective.rateHz !== undefined),
  )
}

/** The result of a comparison. Pure: the same sides in the other order give the mirror image. */
export function assembleCompare(record: CompareRecord): CompareResult {
  const { of, design, bound, base, next, firsts, interrupted } = record
  const { compared, notCompared } = metricValues(record.metrics, design, base.results, next.results)
  const metrics = compareMetrics(compared, { design, bound })
  return {
    schema: COMPARE_SCHEMA,
    tool: { name: 'rpbench', version: record.toolVersion },
    startedAt: record.startedAt,
    ...(interrupted && { stopped: 'interrupted' as const }),
    of,
    design,
    alpha: COMPARE_ALPHA,
    bound,
    verdict: verdictOverAll(
      metrics,
      notCompared.some(({ lackedBy }) => record.named || lackedBy !== 'both'),
    ),
    base: sideOf(base, record.startedAt),
    new: sideOf(next, record.startedAt),
    differences: {
      plan: planDifferences(base.plan, next.plan),
      host: hostDifferences(placesOf(base), placesOf(next)),
    },
    metrics,
    notCompared,
    ...(firsts && {
      pairs: firsts.map((first, index) => ({
        index,
        first,
        used: isUsed(base.results[index]!) && isUsed(next.results[index]!),
      })),
    }),
  }
}

/** Where, and by what, the results of a side were measured. */
function placesOf({ results, host, toolVersion }: CompareSide): Place[] {
  const places = results.flatMap(({ result }) =>
    result ? [{ host: result.host, tool: result.tool, measured: measuredTraits(result) }] : [],
  )
  return places.length > 0
    ? places
    : [{ host, tool: { name: 'rpbench', version: toolVersion }, measured: [] }]
}

function sideOf({ name, results, skipped, host, plan }: CompareSide, startedAt: string): ComparedSide {
  const times = results.flatMap(({ result }) => result?.startedAt ?? []).toSorted()
  return {
    name,
    results: results.length,
    used: results.filter(isUsed).length,
    suspect: results.filter((one) => isUsed(one) && one.result?.validity.verdict === 'suspect').length,
    leftOut: results.filter((one) => !isUsed(one)).map(whyLeftOut),
    skipped: [...skipped],
    from: times[0] ?? startedAt,
    to: times.at(-1) ?? startedAt,
    host,
    plan,
  }
}

function whyLeftOut({ source, result, error }: SetResult): ComparedSide['leftOut'][number] {
  if (error !== undefined) return { source, outcome: 'failed', why: error }
  const { stopped, failure, validity } = result ?? {}
  if (stopped === 'interrupted') return { source, outcome: stopped, why: 'it was interrupted' }
  if (stopped === 'failed') return { source, outcome: stopped, why: failure ?? 'it failed' }
  const finding = validity?.findings.find(({ severity }) => severity === 'invalid')
  return { source, outcome: 'invalid', why: finding?.message ?? 'it is no measurement' }
}
