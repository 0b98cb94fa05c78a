import { assembleCompare, usualMetricsOf, type CompareSide } from '../assembly/compare.js'
import { usageError } from '../errors.js'
import { measurePairs, type MeasuredPairs, type PairSide } from '../experiment/pairs.js'
import { runExperiment } from '../experiment/run.js'
import { prepareTraffic } from '../experiment/traffic.js'
import { refuseTooFew } from '../plan/comparison.js'
import { metricRow, type MetricName } from '../plan/metrics/table.js'
import { flagOf } from '../plan/parameters/table.js'
import type { FlagTexts } from '../plan/parameters/texts.js'
import { basisOf } from '../plan/steering.js'
import { refuseUnmeasured } from '../plan/thresholds.js'
import type { RepeatResult } from '../result/repeat-result.js'
import { resultsIn } from '../result/result-set.js'
import type { CompareRequest } from './compare.js'
import { controlAccess } from './control-token.js'
import { planRun } from './plan-run.js'
import { judgeable } from './read-thresholds.js'
import { TOOL_VERSION } from './tool-version.js'
import { watched } from './watched.js'
import type { ComparedRuns, WatchingSeveral } from './watching.js'

/** One of two sides, and what to call it. */
export interface NamedTexts {
  name: string
  texts: FlagTexts<'run'>
}

/**
 * Plans runs in pairs.
 * @returns what measures them and compares them; interrupted, it has the pairs that were whole, and throws where none was
 * @throws RpbenchError (wrong usage) naming the flag, where a plan cannot be met here, does not measure a metric that is named, or so
 * few pairs cannot show any difference
 */
export function preparePairs(
  sides: readonly [base: NamedTexts, next: NamedTexts],
  { repeat, bound, metrics }: Pick<CompareRequest, 'repeat' | 'bound' | 'metrics'>,
): (watching: WatchingSeveral<ComparedRuns>) => Promise<ComparedRuns> {
  const [base, next] = [planSide(sides[0]), planSide(sides[1])]
  for (const { plan } of metrics ? [base, next] : [])
    refuseUnmeasured(
      metrics!.map((metric) => ({ metric, expression: metric })),
      { command: 'run', search: false, ...judgeable([plan]) },
      flagOf('metrics'),
    )
  const chosen = metrics ?? usualOf([base, next])
  refuseTooFew('paired', repeat, repeat, chosen.length)
  return async ({ onResult, ...watching }) => {
    const startedAt = new Date().toISOString()
    const compared = (pairs: MeasuredPairs): ComparedRuns => ({
      base: pairs.base,
      next: pairs.next,
      result: assembleCompare({
        toolVersion: TOOL_VERSION,
        startedAt,
        of: 'run',
        design: 'paired',
        bound,
        metrics: chosen,
        named: metrics !== undefined,
        base: sideOf(base.name, 'base', pairs.base),
        next: sideOf(next.name, 'new', pairs.next),
        interrupted: pairs.firsts.length < repeat,
        firsts: pairs.firsts,
      }),
    })
    const pairs = await measurePairs({
      base,
      next,
      repeat,
      toolVersion: TOOL_VERSION,
      ...watched(watching),
      onPair: async (soFar) => onResult?.(compared(soFar)),
    })
    return compared(pairs)
  }
}

function planSide({ name, texts }: NamedTexts): PairSide & { name: string } {
  const { plan, supplied, repeat } = planRun(texts)
  if (repeat > 1)
    throw usageError(
      `${flagOf('runs')} "${name}": give ${flagOf('repeat')} to compare itself, for both sides.`,
    )
  if (plan.remote)
    throw usageError(
      `${flagOf('runs')} "${name}": ${flagOf('allowRemote')} is of rpbench run alone, which says before what it will send.`,
    )
  if (plan.shard || plan.startAt !== undefined)
    throw usageError(
      `${flagOf('runs')} "${name}": ${flagOf(plan.shard ? 'shard' : 'startAt')} is of rpbench run alone: pairs are runs on one host, one after another.`,
    )
  prepareTraffic(plan)
  const control = controlAccess(plan)
  return {
    name,
    plan,
    supplied,
    repeated: {
      of: 'run',
      measure: async (options) => (await runExperiment({ ...options, control })).result,
    },
  }
}

/** What is compared where nothing is said: what both plans measure. */
function usualOf(sides: readonly PairSide[]): MetricName[] {
  const byFlow = sides.every(({ plan }) => basisOf(plan) === 'flow')
  return usualMetricsOf(
    'run',
    sides.map(({ plan, supplied }) => ({ effective: plan, supplied })),
  ).filter((metric) => byFlow || metricRow(metric).needs !== 'flows with a member')
}

const sideOf = (name: string, source: string, result: RepeatResult): CompareSide => ({
  name,
  results: resultsIn(result, source),
  skipped: [],
  plan: result.plan,
  host: result.host,
  toolVersion: result.tool.version,
})
