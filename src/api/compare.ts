import { metricValues } from '../analysis/compare/metric-values.js'
import { planDifferences } from '../analysis/compare/differences.js'
import { assembleCompare, usualMetricsOf, type CompareSide } from '../assembly/compare.js'
import { usageError } from '../errors.js'
import { MOST_A_SIDE, parseMetrics, refuseTooFew } from '../plan/comparison.js'
import type { MetricName } from '../plan/metrics/table.js'
import { defaultOf, flagOf, keysOf } from '../plan/parameters/table.js'
import type { CompareResult } from '../result/compare-result.js'
import type { ResultSet, SetResult } from '../result/result-set.js'
import { formatCount } from '../units/format.js'
import { TOOL_VERSION } from './tool-version.js'
import { readTexts, type FlagTexts } from '../plan/parameters/texts.js'

/** What a comparison is asked for. */
export interface CompareRequest {
  bound: number
  /** pairs of runs */
  repeat: number
  /** undefined where none is named */
  metrics: MetricName[] | undefined
  runs: string[]
  allowDifferentPlans: boolean
}

/**
 * Reads the parameters of a comparison.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function readCompareTexts(texts: FlagTexts<'compare'>): CompareRequest {
  const { asked } = readTexts('compare', keysOf('compare'), texts)
  return {
    bound: asked.bound ?? defaultOf('bound', 'compare'),
    repeat: asked.repeat ?? defaultOf('repeat', 'compare'),
    metrics: asked.metrics && parseMetrics(asked.metrics, flagOf('metrics')),
    runs: asked.runs ?? [],
    allowDifferentPlans: asked.allowDifferentPlans ?? false,
  }
}

/**
 * Compares results that were measured before.
 * @param sets the base, and what is compared with it
 * @throws RpbenchError (wrong usage) where the sets are not of one kind, or not of the same plan, and
 * where no difference could be significant
 */
export function compareSets(
  sets: readonly [base: ResultSet, next: ResultSet],
  request: CompareRequest,
): CompareResult {
  const startedAt = new Date().toISOString()
  const [base, next] = [sideOf(sets[0]), sideOf(sets[1])]
  const of = kindOf(base)
  if (kindOf(next) !== of)
    throw usageError(
      `${base.name} has results of ${of}, and ${next.name} of ${kindOf(next)}: compare results of one command.`,
    )
  refuseTwice([...base.results, ...next.results])
  if (!request.allowDifferentPlans) refuseDifferentPlans(base, next)
  const metrics = request.metrics ?? usualMetricsOf(of, [base.plan, next.plan])
  const record = {
    toolVersion: TOOL_VERSION,
    startedAt,
    of,
    design: 'unpaired',
    bound: request.bound,
    metrics,
    named: request.metrics !== undefined,
    base,
    next,
  } as const
  refuseSizes(record)
  return assembleCompare(record)
}

const kindOf = ({ results }: ResultSet): 'run' | 'churn' =>
  results.some(({ result }) => result !== undefined && 'changes' in result) ? 'churn' : 'run'

/** A set whose results are all of one plan. */
function sideOf(set: ResultSet): CompareSide {
  const [first, ...others] = set.results.flatMap(({ result, source }) => (result ? [{ result, source }] : []))
  if (first === undefined)
    throw usageError(`No result of ${set.name} was measured: ${set.results[0]?.error ?? 'it is empty'}`)
  for (const { result, source } of others) {
    const [difference] = planDifferences(first.result.plan, result.plan)
    if (result.schema !== first.result.schema || difference)
      throw usageError(
        `${set.name} holds results that are no repetitions of each other: ${first.source} and ${source} differ in ${difference ? inWords(difference) : 'their command'}; name those of one plan.`,
      )
  }
  const { plan, host, tool } = first.result
  return { ...set, plan, host, toolVersion: tool.version }
}

const inWords = ({ flag, base, new: next }: ReturnType<typeof planDifferences>[number]): string =>
  `${flag} (${base} and ${next})`

/** What stands twice among the results, such as a file and a folder with it, would count for more than it is. */
function refuseTwice(results: readonly SetResult[]): void {
  const seen = new Map<string, string>()
  for (const { source, result } of results) {
    if (!result) continue
    const key = JSON.stringify([result.startedAt, result.host.hostname, result.durationNs, result.books])
    const before = seen.get(key)
    if (before !== undefined)
      throw usageError(
        `${before} and ${source} are the same result: each counts once, on one side; for what the host changes by itself, compare ${flagOf('runs')} twice with the same flags.`,
      )
    seen.set(key, source)
  }
}

function refuseDifferentPlans(base: CompareSide, next: CompareSide): void {
  const differences = planDifferences(base.plan, next.plan)
  if (differences.length === 0) return
  throw usageError(
    `The plans differ in ${differences.map(inWords).join(', ')}: what changed could be that; compare results of the same flags, or say ${flagOf('allowDifferentPlans')}.`,
  )
}

function refuseSizes({ base, next, metrics, design }: Parameters<typeof assembleCompare>[0]): void {
  const [from, to] = [base.results, next.results]
  const large = [base, next].find(({ results }) => results.length > MOST_A_SIDE)
  if (large)
    throw usageError(
      `${large.name} holds ${formatCount(large.results.length)} results: ${MOST_A_SIDE} on a side at most; name fewer.`,
    )
  const { compared } = metricValues(metrics, design, from, to)
  if (compared.length > 0) refuseTooFew(design, from.length, to.length, compared.length)
}
