import { metricRow, type MetricName } from '../../plan/metrics/table.js'
import type { Figure } from '../../result/repeat-result.js'
import { formatMeasure } from '../../units/measure.js'
import type { Reported } from './format.js'
import { subjectsOf } from './subject.js'

/**
 * What the greatest time, parts of the way and single members say changes so much from run to run that an alarm would mean
 * nothing.
 */
const UNSTEADY = /^leg\.|^lag\.|\.max$|\.worstMember$/

/**
 * An array of entries for the action's tools customBiggerIsBetter and customSmallerIsBetter, which take a file each. It
 * divides a value by the one before: metrics whose good value is 0 have no place in it, nor has a value that is 0.
 * @param better the metrics of one direction
 */
export function githubActionBenchmark(reported: readonly Reported[], better: 'higher' | 'lower'): string {
  const entries = subjectsOf(reported).flatMap(({ name, figures }) =>
    figures
      .filter(({ metric, median }) => isCharted(metric, better) && median > 0)
      .map((figure) => entryOf(name, figure)),
  )
  return `${JSON.stringify(entries, null, 2)}\n`
}

function isCharted(metric: MetricName, wanted: 'higher' | 'lower'): boolean {
  const { better, best } = metricRow(metric)
  return better === wanted && best !== 0 && !UNSTEADY.test(metric)
}

function entryOf(name: string, figure: Figure) {
  const { metric, median, n } = figure
  const { unit, meaning } = metricRow(metric)
  const reach = reachOf(figure)
  return {
    name: `${name}: ${metric}`,
    unit,
    value: median,
    ...(reach !== undefined && { range: `± ${Number(reach.toPrecision(4))}` }),
    extra: `${meaning}\n${n === 1 ? 'one measurement' : `median of ${n}`}: ${formatMeasure(median, unit)}`,
  }
}

/** Half of the interval of the median, or of the range of the values where these are too few for one; undefined of one value. */
function reachOf({ interval, min, max, n }: Figure): number | undefined {
  if (n === 1) return undefined
  return interval ? (interval.upper - interval.lower) / 2 : (max - min) / 2
}
