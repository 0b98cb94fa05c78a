import * as Parser from '@oclif/core/parser'
import { assembleCompare, usualMetricsOf, type CompareSide } from '../assembly/compare.js'
import { usageError } from '../errors.js'
import { measurePairs, type MeasuredPairs, type PairSide } from '../experiment/pairs.js'
import { runExperiment } from '../experiment/run.js'
import { prepareTraffic } from '../experiment/traffic.js'
import { refuseTooFew } from '../plan/comparison.js'
import { metricRow, type MetricName } from '../plan/metrics/table.js'
import { flagOf } from '../plan/parameters/table.js'
import { basisOf } from '../plan/steering.js'
import { refuseUnmeasured } from '../plan/thresholds.js'
import type { ShownPairs } from '../report/compare/views.js'
import type { RepeatResult } from '../result/repeat-result.js'
import { resultsIn } from '../result/result-set.js'
import { wordsOf } from '../units/words.js'
import type { CompareRequest } from './compare-sets.js'
import { flagsOf, type FlagTexts } from './flags.js'
import type { Measuring } from './lifecycle.js'
import { judgeable } from './read-thresholds.js'
import { planFromFlags } from './run-flags.js'

/** Two plans that are to be measured in pairs, and by what they are compared. */
export interface PlannedPairs {
  base: PairSide & { name: string }
  next: PairSide & { name: string }
  metrics: MetricName[]
  named: boolean
  repeat: number
  bound: number
}

/**
 * Plans runs in pairs.
 * @throws RpbenchError (wrong usage) naming the flag, where a plan cannot be met here, does not measure a metric that is named, or so
 * few pairs cannot show any difference
 */
export async function planPairs({ runs, repeat, bound, metrics }: CompareRequest): Promise<PlannedPairs> {
  const [base, next, ...more] = runs
  if (base === undefined || next === undefined || more.length > 0)
    throw usageError(
      `${flagOf('runs')} is given twice, with the flags of the base and those of the new side; it was given ${runs.length === 1 ? 'once' : `${runs.length} times`}.`,
    )
  const sides = [await planSide(base), await planSide(next)] as const
  for (const { plan } of metrics ? sides : [])
    refuseUnmeasured(
      metrics!.map((metric) => ({ metric, expression: metric })),
      { command: 'run', search: false, ...judgeable([plan]) },
      flagOf('metrics'),
    )
  const chosen = metrics ?? usualOf(sides)
  refuseTooFew('paired', repeat, repeat, chosen.length)
  return { base: sides[0], next: sides[1], metrics: chosen, named: metrics !== undefined, repeat, bound }
}

async function planSide(name: string): Promise<PlannedPairs['base']> {
  const words = wordsOf(name)
  if (words === undefined) throw usageError(`${flagOf('runs')} "${name}": a quote is not closed.`)
  const { plan, supplied, repeat } = planFromFlags(await parsed(name, words))
  if (repeat > 1)
    throw usageError(
      `${flagOf('runs')} "${name}": give ${flagOf('repeat')} to compare itself, for both sides.`,
    )
  prepareTraffic(plan)
  return {
    name,
    plan,
    supplied,
    repeated: { of: 'run', measure: async (options) => (await runExperiment(options)).result },
  }
}

async function parsed(name: string, words: string[]): Promise<FlagTexts<'run'>> {
  try {
    const { flags } = await Parser.parse(words, { flags: flagsOf('run'), strict: true })
    return flags as FlagTexts<'run'>
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [first = ''] = error.message.split('\n')
    throw usageError(
      `${flagOf('runs')} "${name}": ${first.replace(/\.$/, '')}; it takes the flags of a plan, as rpbench run does.`,
    )
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

/**
 * Measures the pairs and compares them. An interrupted comparison has the pairs that were whole.
 * @throws RpbenchError where none was
 */
export async function comparePairs(
  planned: PlannedPairs,
  toolVersion: string,
  { signal, progress, keep }: Measuring<ShownPairs>,
): Promise<ShownPairs> {
  const { base, next, repeat, bound, metrics, named } = planned
  const startedAt = new Date().toISOString()
  const shown = (pairs: MeasuredPairs): ShownPairs => ({
    ...pairs,
    result: assembleCompare({
      toolVersion,
      startedAt,
      of: 'run',
      design: 'paired',
      bound,
      metrics,
      named,
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
    toolVersion,
    signal,
    onProgress: progress.update,
    onPair: (soFar) => keep(shown(soFar)),
  })
  return shown(pairs)
}

const sideOf = (name: string, source: string, result: RepeatResult): CompareSide => ({
  name,
  results: resultsIn(result, source),
  skipped: [],
  plan: result.plan,
  host: result.host,
  toolVersion: result.tool.version,
})
