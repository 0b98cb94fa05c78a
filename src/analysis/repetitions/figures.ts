import { measuredOf } from '../../metrics/measured.js'
import { readMetric } from '../../metrics/readers.js'
import type { MeasuringCommand } from '../../plan/metrics/row.js'
import { metricsOf } from '../../plan/metrics/table.js'
import type { ChurnResult } from '../../result/churn-result.js'
import type { Figure } from '../../result/repeat-result.js'
import type { RunResult } from '../../result/run-result.js'
import { spreadOf } from './spread.js'

/** Repetitions → each metric that any of them has, spread over those. Values in the unit of the metric. */
export function figuresOf(
  command: MeasuringCommand,
  repetitions: readonly (RunResult | ChurnResult)[],
): Figure[] {
  const measured = repetitions.map(measuredOf)
  return metricsOf(command).flatMap((metric) => {
    const values = measured.flatMap((one) => readMetric(metric, one)?.value ?? [])
    const spread = spreadOf(values)
    return spread ? [{ metric, n: values.length, ...spread }] : []
  })
}
