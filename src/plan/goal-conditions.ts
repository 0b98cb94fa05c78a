import { usageError } from '../errors.js'
import { parseDuration, parseShare } from '../units/parse.js'
import { TIME_FIGURES } from './metrics/latency.js'
import { isMetric, nearestName, type MetricName } from './metrics/table.js'

const { mean: _mean, ...PERCENTILES } = TIME_FIGURES

/** Percentiles of the response time that a goal can be set for, each with the share of requests beyond it. */
export const GOAL_PERCENTILES = PERCENTILES
export type GoalPercentile = keyof typeof GOAL_PERCENTILES

/** One thing that must hold in a good trial. `limit`: share of the requests for loss, ns for a response time. */
export interface GoalCondition {
  quantity: 'loss' | GoalPercentile
  /** whether the limit itself is still good */
  inclusive: boolean
  limit: number
}

const EXAMPLE = "'loss<0.1% && p99<5ms'"
const PERCENTILE_NAMES = Object.keys(GOAL_PERCENTILES) as GoalPercentile[]
/** What can be limited, in short, each with the metric that it is. */
const QUANTITIES = new Map<GoalCondition['quantity'], MetricName>([
  ['loss', 'loss.share'],
  ...PERCENTILE_NAMES.map((figure) => [figure, `latency.response.${figure}`] as const),
])
/** What a goal can limit, by its short name. */
export const GOAL_QUANTITIES: readonly string[] = [...QUANTITIES.keys()]
const MOST_NS = 60e9

/**
 * Reads goals such as `loss<0.1% && p99<5ms`: conditions that must all hold, each once.
 * @throws RpbenchError (wrong usage) naming the part that is wrong and what is allowed
 */
export function parseGoal(text: string, flag: string): GoalCondition[] {
  const conditions = text.split('&&').map((part) => parseCondition(part.trim(), flag))
  const twice = conditions.find(({ quantity }, i) => conditions.findIndex((c) => c.quantity === quantity) < i)
  if (twice) throw usageError(`${flag} names ${twice.quantity} twice: give it one limit.`)
  return conditions
}

function parseCondition(text: string, flag: string): GoalCondition {
  const match = /^([a-z0-9.]+)\s*(<=?|≤)\s*(\S.*)$/i.exec(text)
  const quantity = quantityOf(match?.[1] ?? '')
  if (!match || quantity === undefined)
    throw usageError(
      `${flag} '${text}' is not a goal${hint(match?.[1])}: write ${GOAL_QUANTITIES.join(', ')} with < or <= and a limit, joined by &&, such as ${EXAMPLE}.`,
    )
  const [inclusive, limitText] = [match[2] !== '<', match[3]!]
  if (quantity !== 'loss') {
    const limit = parseDuration(limitText, { flag: `${flag} ${quantity}`, min: 1, max: MOST_NS })
    return { quantity, inclusive, limit }
  }
  const limit = parseShare(limitText, { flag: `${flag} loss` })
  if (limit === 1) throw usageError(`${flag} ${text} holds of any load: write a smaller share.`)
  if (limit === 0 && !inclusive)
    throw usageError(`${flag} loss<0 can never hold: write loss<=0 for no loss at all.`)
  return { quantity: 'loss', inclusive, limit }
}

/** By its short name, or by that of its metric. */
function quantityOf(name: string): GoalCondition['quantity'] | undefined {
  const wanted = name.toLowerCase()
  return [...QUANTITIES].find(([short, metric]) => short === wanted || metric.toLowerCase() === wanted)?.[0]
}

/** What is closest to what was named, where that looks like the name of a metric. */
function hint(name: string | undefined): string {
  if (name === undefined || !name.includes('.')) return ''
  const nearest = nearestName(name, [...QUANTITIES.values()])!
  return isMetric(name)
    ? `, since ${name} is nothing that a search limits; the nearest is ${nearest}`
    : `, since there is no ${name}; the nearest is ${nearest}`
}
