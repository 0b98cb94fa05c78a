import { COMPARE_ALPHA, leastRepetitions, type Design } from '../../plan/comparison.js'
import { metricRow, type MetricName } from '../../plan/metrics/table.js'
import type { ComparedMetric, CompareVerdict } from '../../result/compare-result.js'
import { detectableShift } from '../../stats/detectable-shift.js'
import { median } from '../../stats/median.js'
import { rankSumShift } from '../../stats/rank-sum.js'
import { rejects, type Shift, type ShiftInterval } from '../../stats/shift.js'
import { signedRankShift } from '../../stats/signed-rank.js'
import { spreadOf } from '../../metrics/spread.js'

/** Values of one metric, in its unit, at least one on each side; paired, those of a pair have the same place. */
export interface MetricValues {
  metric: MetricName
  base: readonly number[]
  next: readonly number[]
}

/** A tenth of a percentage point: of a share near 0, a part of it would be nothing. */
const LEAST_SHARE_BOUND = 0.001

/** A metric with the test of it, before it is known what the others say. */
export interface TestedMetric extends MetricValues {
  effect: ComparedMetric['effect']
  shift: Shift
  /** the change that counts, as a shift: of logarithms where the effect is a ratio */
  boundShift: number
}

/**
 * Tests whether the sides differ in a metric. Times, rates and ratios are compared as ratios, by their logarithms; shares, and what
 * may be 0, by differences.
 * @param bound the change that counts: of differences a part of the mean of both medians
 */
export function testMetric(values: MetricValues, design: Design, bound: number): TestedMetric {
  const { metric, base, next } = values
  const { unit } = metricRow(metric)
  const effect = unit !== 'share' && [...base, ...next].every((value) => value > 0) ? 'ratio' : 'difference'
  const scale = effect === 'ratio' ? Math.log : (value: number) => value
  const [from, to] = [base.map(scale), next.map(scale)]
  const shift =
    design === 'paired' ? signedRankShift(to.map((value, i) => value - from[i]!)) : rankSumShift(from, to)
  const typical = (median(base) + median(next)) / 2
  const boundShift =
    effect === 'ratio'
      ? Math.log1p(bound)
      : Math.max(bound * typical, unit === 'share' ? LEAST_SHARE_BOUND : 0)
  return { ...values, effect, shift, boundShift }
}

/**
 * What is said of a metric, once its p-value was adjusted for all of them. Its interval is that at alpha, unless that would
 * exclude “no change” where the adjusted p-value does not: then it is as much wider as the adjustment asks for, so that the two never
 * contradict each other.
 * @param metrics of how many it is one
 */
export function judgeMetric(
  tested: TestedMetric,
  { adjustedPValue, design, metrics }: { adjustedPValue: number; design: Design; metrics: number },
): ComparedMetric {
  const { metric, effect, shift, boundShift, base, next } = tested
  const { unit, better } = metricRow(metric)
  const significant = rejects(adjustedPValue, COMPARE_ALPHA)
  const contradicts = rejects(shift.pValue, COMPARE_ALPHA) && !significant
  const alpha = contradicts ? (COMPARE_ALPHA * shift.pValue) / adjustedPValue : COMPARE_ALPHA
  const interval = shift.interval(alpha)
  // By itself a difference must show at the first step of Holm's.
  const first = COMPARE_ALPHA / metrics
  const reach = shift.interval(first)
  const detectable = reach && detectableShift(shift.estimate, reach, first)
  const asChange = effect === 'ratio' ? Math.exp : (value: number) => value
  const asSize = effect === 'ratio' ? Math.expm1 : (value: number) => value
  const repetitions = Math.min(base.length, next.length)
  const least = leastRepetitions(design, metrics)
  const needed =
    detectable === undefined ? least : Math.max(least, roughly(repetitions * (detectable / boundShift) ** 2))
  return {
    metric,
    unit,
    better: better === 'higher' ? 'higher' : 'lower',
    base: { ...spreadOf(base)!, values: [...base] },
    new: { ...spreadOf(next)!, values: [...next] },
    effect,
    change: {
      value: asChange(shift.estimate),
      ...(interval && { lower: asChange(interval.lower), upper: asChange(interval.upper) }),
      confidence: 1 - alpha,
    },
    pValue: shift.pValue,
    adjustedPValue,
    significant,
    bound: asSize(boundShift),
    verdict: verdictOf(
      better === 'higher' ? mirrored(shift.estimate, interval) : { estimate: shift.estimate, interval },
      significant,
      boundShift,
    ),
    ...(detectable !== undefined && { detectable: asSize(detectable) }),
    ...(needed > repetitions && needed < MOST_NEEDED && { neededRepetitions: needed }),
  }
}

/** More than this nobody measures. */
const MOST_NEEDED = 1e6

/** To two digits, since it rests on a rough figure. */
const roughly = (n: number): number => Number(Math.ceil(n).toPrecision(2))

/** A shift where greater is worse, with its interval. */
interface Harm {
  estimate: number
  interval: ShiftInterval | undefined
}

const mirrored = (estimate: number, interval: ShiftInterval | undefined): Harm => ({
  estimate: -estimate,
  interval: interval && { lower: -interval.upper, upper: -interval.lower },
})

/** `worse` and `better` are each other's mirror images; `no worse` asks for the bad side of the bound alone. */
function verdictOf({ estimate, interval }: Harm, significant: boolean, bound: number): CompareVerdict {
  if (significant && estimate > bound) return 'worse'
  if (significant && estimate < -bound) return 'better'
  return interval && interval.upper <= bound ? 'no worse' : 'cannot tell'
}
