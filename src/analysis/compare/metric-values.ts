import { measuredOf } from '../../metrics/measured.js'
import { readMetric } from '../../metrics/readers.js'
import { metricRow, type MetricName } from '../../plan/metrics/table.js'
import type { Design } from '../../plan/comparison.js'
import type { CompareResult } from '../../result/compare-result.js'
import type { SetResult } from '../../result/result-set.js'
import { isMeasurement } from '../../metrics/measurement.js'
import type { MetricValues } from './compare-metric.js'

/** Whether a result is compared: it came to its end, and is a measurement. */
export const isUsed = ({ result }: SetResult): boolean => result !== undefined && isMeasurement(result)

/** The metrics of two sides, where both have them. */
export interface SideValues {
  compared: MetricValues[]
  notCompared: CompareResult['notCompared']
}

/**
 * Reads metrics of both sides. Results that are no measurements count in none; of a pair both must be one.
 * @param base all results of that side; paired, those of a pair have the same place
 */
export function metricValues(
  metrics: readonly MetricName[],
  design: Design,
  base: readonly SetResult[],
  next: readonly SetResult[],
): SideValues {
  const compared: MetricValues[] = []
  const notCompared: SideValues['notCompared'] = []
  for (const metric of metrics) {
    const values = valuesOf(metric, design, base, next)
    if (values.base.length > 0 && values.next.length > 0) compared.push(values)
    else {
      const lackedBy = values.base.length > 0 ? 'new' : values.next.length > 0 ? 'base' : 'both'
      notCompared.push({ metric, lackedBy, why: whyNot(metric) })
    }
  }
  return { compared, notCompared }
}

function valuesOf(
  metric: MetricName,
  design: Design,
  base: readonly SetResult[],
  next: readonly SetResult[],
): MetricValues {
  const [from, to] = [base, next].map((side) => side.map((one) => valueOf(metric, one)))
  const isWhole = (_: unknown, i: number): boolean =>
    design === 'unpaired' || (from![i] !== undefined && to![i] !== undefined)
  return {
    metric,
    base: from!.filter(isWhole).filter((value) => value !== undefined),
    next: to!.filter(isWhole).filter((value) => value !== undefined),
  }
}

/** A figure that is of a part which is no fair sample of the whole says nothing of that. */
function valueOf(metric: MetricName, one: SetResult): number | undefined {
  if (!isUsed(one)) return undefined
  const reading = readMetric(metric, measuredOf(one.result!))
  return reading?.partial ? undefined : reading?.value
}

function whyNot(metric: MetricName): string {
  const { absent, needs } = metricRow(metric)
  return absent ?? (needs === undefined ? 'it was not measured' : `it takes ${needs}`)
}
