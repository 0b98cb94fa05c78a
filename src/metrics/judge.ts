import type { MetricRow, Need } from '../plan/metrics/row.js'
import { metricRow } from '../plan/metrics/table.js'
import type { Aggregate } from '../plan/parameters/limits.js'
import { keeps, type Threshold } from '../plan/thresholds.js'
import type { ThresholdResult } from '../result/thresholds.js'
import { median } from '../stats/median.js'
import { formatCount } from '../units/format.js'
import { formatMeasure } from '../units/measure.js'
import type { Measured } from './measured.js'
import { boundsOf, type Bounds, type Reading } from './reading.js'
import { readMetric } from './readers.js'

type Outcome = ThresholdResult['outcome']

/** A figure with what is known of it. */
interface Known {
  reading: Reading
  bounds: Bounds
}

/**
 * Holds a threshold against the results of one plan. It passes where all that the figure can stand for keeps the limit, fails where
 * none of it does, and else cannot be told: nothing passes for want of data (docs/thresholds.md). Runs that are no valid
 * measurement tell nothing.
 */
export function judgeThreshold(threshold: Threshold, results: readonly Measured[]): ThresholdResult {
  const { on: aggregate = 'median' } = threshold
  const valid = results.filter(({ validity }) => validity?.verdict !== 'invalid')
  const known = readAll(threshold, valid)
  const of = known.length > 0 ? known : readAll(threshold, results)
  const { metric, operator, limit, expression } = threshold
  const row = metricRow(metric)
  const { unit } = row
  const head = { expression, metric, operator, limit, unit, results: of.length }
  if (of.length === 0) return { ...head, outcome: 'not measured', reason: whyNot(row) }
  const bounds = together(of.map((one) => one.bounds))
  const observed = median(of.map(({ reading }) => reading.value))
  const outcome = known.length === 0 ? 'cannot tell' : outcomeOf(threshold, known, aggregate)
  const doubt = of.map((one) => one.bounds.doubt).find((text) => text !== undefined)
  const reason =
    known.length === 0
      ? 'no valid measurement'
      : reasonOf(threshold, {
          outcome,
          doubt,
          observed,
          bounds,
          reading: of[0]!.reading,
          single: of.length === 1,
        })
  const exact = bounds.low === bounds.high
  return {
    ...head,
    outcome,
    observed,
    n: of.reduce((sum, { reading }) => sum + reading.n, 0),
    of: of[0]!.reading.of,
    ...(!exact && Number.isFinite(bounds.low) && { low: bounds.low }),
    ...(!exact && Number.isFinite(bounds.high) && { high: bounds.high }),
    ...(of.length > 1 && { aggregate, ...(aggregate !== 'median' && rangeOf(of)) }),
    ...(reason !== undefined && { reason }),
  }
}

const NEEDS: Readonly<Record<Need, string>> = {
  'open loop': 'it needs an open loop',
  'flows with a member': 'it needs flows that have a member of their own',
  'observed hashes': 'it needs hashes that were observed',
  search: 'it needs a search for capacity',
  connections: 'it needs flows that are connections',
  dns: 'it needs a server of DNS',
  http: 'it needs a server of HTTP',
}

/** What a metric that is not there would have needed. */
function whyNot({ needs, absent }: MetricRow): string {
  const why = needs ? NEEDS[needs] : absent
  return `it is not defined here${why === undefined ? '' : `: ${why}`}`
}

function readAll({ metric, limit }: Threshold, results: readonly Measured[]): Known[] {
  return results.flatMap((result) => {
    const reading = readMetric(metric, result)
    return reading ? [{ reading, bounds: boundsOf(reading, limit) }] : []
  })
}

function rangeOf(known: readonly Known[]): { least: number; greatest: number } {
  const values = known.map(({ reading }) => reading.value)
  return { least: Math.min(...values), greatest: Math.max(...values) }
}

/** Bounds of the median: whatever is behind each figure, the median of these lies between the medians of their bounds. */
function together(all: readonly Bounds[]): Bounds {
  const lows = all.map(({ low }) => low).toSorted((a, b) => a - b)
  const highs = all.map(({ high }) => high).toSorted((a, b) => a - b)
  return { low: lows[(lows.length - 1) >> 1]!, high: highs[highs.length >> 1]! }
}

function outcomeOf(threshold: Threshold, known: readonly Known[], aggregate: Aggregate): Outcome {
  if (aggregate === 'median') {
    // Of the figure itself: whether it is this very number is no question of what is behind it.
    if (threshold.operator === '==')
      return known.some(({ reading }) => reading.partial)
        ? 'cannot tell'
        : verdict(keeps(median(known.map(({ reading }) => reading.value)), threshold))
    return sideOf(threshold, together(known.map(({ bounds }) => bounds)))
  }
  const outcomes = known.map((one) => outcomeOf(threshold, [one], 'median'))
  const [decides, otherwise] = aggregate === 'all' ? (['fail', 'pass'] as const) : (['pass', 'fail'] as const)
  if (outcomes.includes(decides)) return decides
  return outcomes.every((outcome) => outcome === otherwise) ? otherwise : 'cannot tell'
}

const verdict = (holds: boolean): Outcome => (holds ? 'pass' : 'fail')

function sideOf(threshold: Threshold, { low, high }: Bounds): Outcome {
  const [atLow, atHigh] = [keeps(low, threshold), keeps(high, threshold)]
  return atLow === atHigh ? verdict(atLow) : 'cannot tell'
}

interface Finding {
  outcome: Outcome
  doubt: string | undefined
  observed: number
  bounds: Bounds
  reading: Reading
  single: boolean
}

function reasonOf(threshold: Threshold, finding: Finding): string | undefined {
  const { outcome, doubt, observed, bounds, reading, single } = finding
  const { low, high } = bounds
  if (outcome === 'pass') return undefined
  if (outcome === 'fail') return low === Infinity ? doubt : undefined
  if (doubt !== undefined) return doubt
  const { unit } = metricRow(threshold.metric)
  const between = `with 99 % confidence it lies between ${formatMeasure(low, unit)} and ${Number.isFinite(high) ? formatMeasure(high, unit) : 'any height'}, which holds the limit`
  const needed = single ? neededOf(threshold, observed, bounds, reading) : undefined
  return needed === undefined ? between : `${between}; about ${formatCount(needed)} ${reading.of} would tell`
}

/** More than this nobody measures. */
const MOST_NEEDED = 1e9

/** How many observations would tell if the figure stayed what it is: intervals shrink with the root of their number. */
function neededOf(
  { limit }: Threshold,
  observed: number,
  { low, high }: Bounds,
  { n, of }: Reading,
): number | undefined {
  if (of !== 'flows' && of !== 'requests') return undefined
  const reach = observed < limit ? high - observed : observed - low
  const needed = n * (reach / Math.abs(limit - observed)) ** 2
  return Number.isFinite(needed) && needed < MOST_NEEDED
    ? Number(Math.ceil(needed).toPrecision(2))
    : undefined
}
