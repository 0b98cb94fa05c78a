import { distance } from 'fastest-levenshtein'
import { CHANGE_METRICS } from './changes.js'
import { TIME_METRICS } from './latency.js'
import { LOAD_METRICS } from './load.js'
import type { MeasuringCommand, MetricRow } from './row.js'
import { SPREAD_METRICS } from './spread.js'

/** Every metric, by its name: what can be limited, searched for and compared. */
export const METRICS = {
  ...TIME_METRICS,
  ...LOAD_METRICS,
  ...SPREAD_METRICS,
  ...CHANGE_METRICS,
} as const satisfies Readonly<Record<string, MetricRow>>

export type MetricName = keyof typeof METRICS

export const METRIC_NAMES = Object.keys(METRICS) as MetricName[]

/** What is said of a metric. */
export const metricRow = (name: MetricName): MetricRow => METRICS[name]

export const isMetric = (name: string): name is MetricName => Object.hasOwn(METRICS, name)

/** The metrics that can be taken of results of a command. */
export const metricsOf = (command: MeasuringCommand): MetricName[] =>
  METRIC_NAMES.filter((name) => metricRow(name).commands.includes(command))

/** The one of these names that is spelt most like a text, whatever its case; one of which it has some of the parts comes first. */
export function nearestName<Name extends string>(text: string, names: readonly Name[]): Name | undefined {
  const wanted = text.toLowerCase()
  const cost = (name: string): number =>
    hasParts(name.toLowerCase(), wanted) ? 0.5 : distance(wanted, name.toLowerCase())
  return names.toSorted((a, b) => cost(a) - cost(b))[0]
}

/** Whether a name has the parts of a text, in that order: `latency.response.p99` has those of `latency.p99`. */
function hasParts(name: string, text: string): boolean {
  const parts = `.${name}.`
  let from = 0
  return text.split(/\.(?!\d)/).every((part) => {
    const at = parts.indexOf(`.${part}.`, from)
    from = at + part.length + 1
    return at >= 0
  })
}
