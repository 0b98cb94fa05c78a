import { usageError } from '../errors.js'
import { exampleOf, parseMeasure, rangeOf, type Unit } from '../units/measure.js'
import type { MeasuringCommand, Need } from './metrics/row.js'
import type { Aggregate } from './parameters/limits.js'
import { flagOf } from './parameters/table.js'
import {
  isMetric,
  METRIC_NAMES,
  metricRow,
  metricsOf,
  nearestName,
  type MetricName,
} from './metrics/table.js'

export const OPERATORS = ['<', '<=', '>', '>=', '=='] as const
export type Operator = (typeof OPERATORS)[number]

/** What a metric must keep. */
export interface Threshold {
  /** as it was written */
  expression: string
  metric: MetricName
  operator: Operator
  /** in the unit of the metric */
  limit: number
  /** of which of several results it must hold: the median where it is absent */
  on?: Aggregate
}

const EXAMPLE = "'latency.response.p99<2ms'"
/** Of other figures two are never the same. */
const isEqualUnit = (unit: Unit): boolean => unit === 'count' || unit === 'share'

/**
 * Reads a threshold such as `latency.response.p99<2ms`.
 * @throws RpbenchError (wrong usage) naming the part that is wrong and what is allowed
 */
export function parseThreshold(expression: string, flag: string): Threshold {
  const match = /^\s*([a-z][\w.]*)\s*(<=|>=|==|<|>)\s*(\S.*)$/i.exec(expression)
  if (!match)
    throw usageError(
      `${flag} '${expression}' is not a threshold: write a metric, one of ${OPERATORS.join(' ')} and a limit, such as ${EXAMPLE}; rpbench metrics lists the metrics.`,
    )
  const [metric, operator, text] = [match[1]!, match[2] as Operator, match[3]!.trim()]
  if (!isMetric(metric))
    throw usageError(
      `${flag} '${expression}': there is no metric ${metric}; did you mean ${nearestName(metric, METRIC_NAMES)}? rpbench metrics lists all.`,
    )
  const { unit } = metricRow(metric)
  if (operator === '==' && !isEqualUnit(unit))
    throw usageError(
      `${flag} '${expression}': == is for counts and shares; write < or >, such as ${metric}<${exampleOf(unit)}.`,
    )
  const limit = parseMeasure(text, unit, { flag: `${flag} ${metric}` })
  const threshold = { expression: `${metric}${operator}${text}`, metric, operator, limit }
  refuseIdle(threshold, flag)
  return threshold
}

/** Whether a value keeps a threshold. */
export function keeps(value: number, { operator, limit }: Pick<Threshold, 'operator' | 'limit'>): boolean {
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    default:
      return value === limit
  }
}

/** What holds of every value, or of none, is no threshold. */
function refuseIdle(threshold: Threshold, flag: string): void {
  const { expression, metric, operator, limit } = threshold
  if (operator === '==') return
  const [least, most] = rangeOf(metricRow(metric).unit)
  const [atLeast, atMost] = [keeps(least, threshold), keeps(most, threshold)]
  const { unit } = metricRow(metric)
  // Observations bound a share from above, never at nothing.
  const unshown = unit === 'share' && operator === '<=' && limit === 0
  if (atLeast !== atMost && !unshown) return
  const why = unshown ? 'can never be shown' : atLeast ? 'always holds' : 'can never hold'
  const equal = !atLeast || unshown ? isEqualUnit(unit) : false
  throw usageError(
    `${flag} '${expression}' ${why}: write another limit${equal ? `, or ${metric}==0 for none at all` : ''}.`,
  )
}

/** What is known of the runs that thresholds are set for; of several, what any of them has. */
export interface Judgeable {
  command: MeasuringCommand
  openLoop: boolean
  /** whether flows have a member of their own */
  byFlow: boolean
  observeHash: boolean
  search: boolean
  connections: boolean
  dns: boolean
  http: boolean
}

/** Why a metric is not measured without what it needs, and what to do. */
const WITHOUT: Readonly<Record<Need, (metric: MetricName) => string>> = {
  'open loop': (metric) =>
    `is measured in an open loop only: give ${flagOf('rateHz')}${metric.includes('.response.') ? `, or limit ${metric.replace('.response.', '.service.')}` : ''}`,
  'flows with a member': () =>
    'needs flows that have a member of their own, which this steering or dispatch does not give',
  'observed hashes': () => `needs ${flagOf('observeHash')}`,
  dns: () => `is of a server of DNS: give ${flagOf('target')} and ${flagOf('protocol')} dns`,
  http: () => `is of a server of HTTP: give ${flagOf('target')} and ${flagOf('protocol')} http`,
  connections: () => `is of connections: give ${flagOf('protocol')} tcp`,
  search: () => `is what a search finds: give ${flagOf('find')}`,
}

/**
 * Refuses thresholds for metrics that these runs cannot have.
 * @throws RpbenchError (wrong usage) naming the first of them, and what to do
 */
export function refuseUnmeasured(
  thresholds: readonly Pick<Threshold, 'expression' | 'metric'>[],
  of: Judgeable,
  flag: string,
): void {
  const has: Readonly<Record<Need, boolean>> = {
    'open loop': of.openLoop,
    'flows with a member': of.byFlow,
    'observed hashes': of.observeHash,
    search: of.search,
    connections: of.connections,
    dns: of.dns,
    http: of.http,
  }
  for (const { expression, metric } of thresholds) {
    const { commands, needs } = metricRow(metric)
    if (!commands.includes(of.command))
      throw usageError(
        `${flag} '${expression}': ${of.command} does not measure ${metric}, which is of ${commands.join(', ')}; the nearest that it has is ${nearestName(metric, metricsOf(of.command))}.`,
      )
    if (of.search && needs !== 'search')
      throw usageError(
        `${flag} '${expression}': a search for capacity has runs of different loads; limit capacity.rate, or leave out ${flagOf('find')}.`,
      )
    if (needs !== undefined && !has[needs])
      throw usageError(`${flag} '${expression}': ${metric} ${WITHOUT[needs](metric)}.`)
  }
}
