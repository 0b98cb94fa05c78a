import { usageError } from '../errors.js'
import { parseDuration, parseShare } from '../units/parse.js'

/** Percentiles of the response time that a goal can be set for, each with the share of requests beyond it. */
export const GOAL_PERCENTILES = {
  p50: { key: 'p50Ns', beyond: 0.5 },
  p90: { key: 'p90Ns', beyond: 0.1 },
  p99: { key: 'p99Ns', beyond: 0.01 },
  'p99.9': { key: 'p999Ns', beyond: 0.001 },
  max: { key: 'maxNs', beyond: 0 },
} as const

export type GoalPercentile = keyof typeof GOAL_PERCENTILES

/** One thing that must hold in a good trial. `limit`: share of the requests for loss, ns for a response time. */
export interface GoalCondition {
  quantity: 'loss' | GoalPercentile
  /** whether the limit itself is still good */
  inclusive: boolean
  limit: number
}

const EXAMPLE = "'loss<0.1% && p99<5ms'"
const QUANTITIES = ['loss', ...Object.keys(GOAL_PERCENTILES)]
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
  const quantity = match?.[1]?.toLowerCase() ?? ''
  if (!match || !QUANTITIES.includes(quantity))
    throw usageError(
      `${flag} '${text}' is not a goal: write ${QUANTITIES.join(', ')} with < or <= and a limit, joined by &&, such as ${EXAMPLE}.`,
    )
  const [inclusive, limitText] = [match[2] !== '<', match[3]!]
  if (quantity !== 'loss') {
    const limit = parseDuration(limitText, { flag: `${flag} ${quantity}`, min: 1, max: MOST_NS })
    return { quantity: quantity as GoalPercentile, inclusive, limit }
  }
  const limit = parseShare(limitText, { flag: `${flag} loss` })
  if (limit === 1) throw usageError(`${flag} ${text} holds of any load: write a smaller share.`)
  if (limit === 0 && !inclusive)
    throw usageError(`${flag} loss<0 can never hold: write loss<=0 for no loss at all.`)
  return { quantity: 'loss', inclusive, limit }
}
