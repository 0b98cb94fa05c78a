import { usageError } from '../errors.js'
import type { MeasuringCommand } from './metrics/row.js'
import { isMetric, METRIC_NAMES, metricRow, nearestName, type MetricName } from './metrics/table.js'
import { flagOf } from './parameters/table.js'
import { leastRankSumP } from '../stats/rank-sum.js'
import { rejects } from '../stats/shift.js'
import { leastSignedRankP } from '../stats/signed-rank.js'

/** The chance that a comparison of two things alike finds any difference at all, over all of its metrics. */
export const COMPARE_ALPHA = 0.05

/** More on a side nobody measures; exact tests take a second there. */
export const MOST_A_SIDE = 100

/** Results that were made in pairs, one of each side after the other; or each side for itself. */
export const DESIGNS = ['paired', 'unpaired'] as const
export type Design = (typeof DESIGNS)[number]

/** Whether a metric can be compared: it has a better direction, and is no count, which is compared as its share. */
const isComparable = (name: MetricName): boolean =>
  metricRow(name).better !== 'none' && metricRow(name).unit !== 'count'

export const COMPARABLE_METRICS = METRIC_NAMES.filter(isComparable)

/** The metrics by which results are compared where nothing is said: few, since each takes from the power of the others. */
export function usualMetrics(command: MeasuringCommand, openLoop: boolean): MetricName[] {
  const time = openLoop ? 'response' : 'service'
  const all = [
    'rate.roundTrips',
    `latency.${time}.p50`,
    `latency.${time}.p99`,
    'loss.share',
    'balance.maxOverMean',
    'changes.movedShare',
  ] as const
  return all.filter((name) => metricRow(name).commands.includes(command))
}

/**
 * Reads the names of metrics to compare.
 * @throws RpbenchError (wrong usage) naming the one that is none, or cannot be compared
 */
export function parseMetrics(texts: readonly string[], flag: string): MetricName[] {
  const names = texts.flatMap((text) => text.split(',')).map((text) => text.trim())
  for (const name of names) {
    if (!isMetric(name))
      throw usageError(
        `${flag} ${name}: there is no such metric; did you mean ${nearestName(name, COMPARABLE_METRICS)}? rpbench metrics lists all.`,
      )
    if (!isComparable(name))
      throw usageError(
        `${flag} ${name} cannot be compared: ${metricRow(name).better === 'none' ? 'neither direction of it is better' : 'a count says nothing without what it is of'}; the nearest that can be is ${nearestName(name, COMPARABLE_METRICS)}.`,
      )
  }
  return [...new Set(names)] as MetricName[]
}

/** The least p-value that so many repetitions on the sides can have; paired, `base` and `next` are the same. */
const leastP = (design: Design, base: number, next: number): number =>
  design === 'paired' ? leastSignedRankP(Math.min(base, next)) : leastRankSumP(base, next)

/** Whether any difference in so many repetitions could be significant, held against it with so many metrics (Holm). */
export const canBeSignificant = (design: Design, base: number, next: number, metrics: number): boolean =>
  rejects(leastP(design, base, next) * metrics, COMPARE_ALPHA)

/** How many repetitions a side it takes for that at least. */
export function leastRepetitions(design: Design, metrics: number): number {
  let n = 1
  while (!canBeSignificant(design, n, n, metrics)) n++
  return n
}

/** By how many metrics so many repetitions can be compared at most; 0 where by none. */
function mostMetrics(design: Design, base: number, next: number): number {
  return Math.floor((COMPARE_ALPHA / leastP(design, base, next)) * (1 + Number.EPSILON))
}

/**
 * Refuses a comparison in which nothing could be significant, however different the sides.
 * @throws RpbenchError (wrong usage) saying what it takes
 */
export function refuseTooFew(design: Design, base: number, next: number, metrics: number): void {
  if (canBeSignificant(design, base, next, metrics)) return
  const needed = leastRepetitions(design, metrics)
  const most = mostMetrics(design, base, next)
  const have = design === 'paired' ? `${base} pairs` : `${base} against ${next} results`
  const fewer =
    most > 0
      ? `, or compare ${most === 1 ? 'one metric' : `${most} metrics`} at most (${flagOf('metrics')})`
      : ''
  throw usageError(
    `${have} cannot show any difference in ${metrics === 1 ? 'one metric' : `${metrics} metrics`}, however large: it takes ${needed} ${design === 'paired' ? 'pairs' : 'on each side'}; repeat ${design === 'paired' ? 'more often' : `with ${flagOf('repeat')}`}${fewer}.`,
  )
}
