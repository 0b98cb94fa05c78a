import type { MetricName } from '../plan/metrics/table.js'
import type { Figure } from '../result/repeat-result.js'

/** What people look at first; the JSON has all. */
export const HEADLINES: ReadonlySet<MetricName> = new Set([
  'rate.roundTrips',
  'latency.response.p50',
  'latency.response.p99',
  'latency.service.p50',
  'latency.service.p99',
  'loss.share',
  'balance.maxOverMean',
  'delivery.maxOverMean',
  'changes.movedShare',
  'changes.lost',
  'changes.settled',
] as const)

/** Of all figures of a plan, those. Where there are response times, these are what a user feels. */
export function headlinesOf(figures: readonly Figure[]): Figure[] {
  const felt = figures.some(({ metric }) => metric.startsWith('latency.response.'))
  return figures.filter(
    ({ metric }) => HEADLINES.has(metric) && !(felt && metric.startsWith('latency.service.')),
  )
}
