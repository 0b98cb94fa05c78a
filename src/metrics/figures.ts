import type { MeasuringCommand } from '../plan/metrics/row.js'
import { metricsOf } from '../plan/metrics/table.js'
import type { Figure } from '../result/repeat-result.js'
import type { Measured } from './measured.js'
import { readMetric } from './readers.js'
import { spreadOf } from './spread.js'

/** Measurements of one plan → each metric that any of them has, spread over those. Values in the unit of the metric. */
export function figuresOf(command: MeasuringCommand, measured: readonly Measured[]): Figure[] {
  return metricsOf(command).flatMap((metric) => {
    const values = measured.flatMap((one) => readMetric(metric, one)?.value ?? [])
    const spread = spreadOf(values)
    return spread ? [{ metric, n: values.length, ...spread }] : []
  })
}
