import type { Design } from '../../plan/comparison.js'
import type { ComparedMetric, CompareVerdict } from '../../result/compare-result.js'
import { holmAdjust } from '../../stats/holm.js'
import { judgeMetric, testMetric, type MetricValues } from './compare-metric.js'

/**
 * Compares the sides by several metrics, so that two sides alike differ significantly in any of them no more often than
 * alpha, however the metrics depend on each other.
 * @param bound the change that counts, a share
 */
export function compareMetrics(
  all: readonly MetricValues[],
  { design, bound }: { design: Design; bound: number },
): ComparedMetric[] {
  const tested = all.map((values) => testMetric(values, design, bound))
  const adjusted = holmAdjust(tested.map(({ shift }) => shift.pValue))
  return tested.map((metric, i) =>
    judgeMetric(metric, { adjustedPValue: adjusted[i]!, design, metrics: tested.length }),
  )
}

/**
 * Over all metrics, the worst; that nothing got worse is only known where it is known of each.
 * @param lacking whether one could not be compared that ought to be
 */
export function verdictOverAll(
  metrics: readonly Pick<ComparedMetric, 'verdict'>[],
  lacking = false,
): CompareVerdict {
  const verdicts = new Set(metrics.map(({ verdict }) => verdict))
  if (lacking) verdicts.add('cannot tell')
  const order = ['worse', 'cannot tell', 'better'] as const
  return order.find((verdict) => verdicts.has(verdict)) ?? (metrics.length > 0 ? 'no worse' : 'cannot tell')
}
