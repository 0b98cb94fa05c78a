import { RpbenchError } from '../errors.js'
import type { RunPlan } from '../plan/run-plan.js'
import { dividedOf } from '../plan/shard.js'

/** What a client says of the part that it is to send: all parts of a run have the same plan. */
export interface ShardClaim {
  /** from 1 */
  index: number
  count: number
  /** what the whole plan says, by flag */
  plan: Record<string, string>
}

const MOST_FLAGS = 32
const MOST_LENGTH = 200
/** Each keeps a connection to the group's control port. */
export const MOST_SHARDS_AT_ONCE = 256

/**
 * What a part of a plan says of itself; undefined of a plan that is none.
 * @throws RpbenchError RPB_CONTROL where there are more parts than a group serves
 */
export function claimOf(plan: RunPlan): ShardClaim | undefined {
  const { shard, seed, arrivals, durationNs, requests, warmupNs, payloadBytes, weights, timeoutNs } = plan
  if (shard === undefined) return undefined
  if (shard.count > MOST_SHARDS_AT_ONCE)
    throw new RpbenchError(
      'RPB_CONTROL',
      `A group serves ${MOST_SHARDS_AT_ONCE} shards at a time, and these are ${shard.count}: take fewer, with more flows each.`,
    )
  const { flows, inFlight, rateHz } = dividedOf(plan)
  const said = {
    flows,
    seed,
    weights,
    rate: rateHz,
    'in-flight': rateHz === undefined ? inFlight : undefined,
    arrivals,
    duration: durationNs,
    requests,
    warmup: warmupNs,
    payload: payloadBytes,
    timeout: timeoutNs,
  }
  const entries = Object.entries(said).flatMap(([flag, value]) =>
    value === undefined ? [] : [[flag, String(value)] as const],
  )
  return { index: shard.index, count: shard.count, plan: Object.fromEntries(entries) }
}

/**
 * Reads what a client says of its part.
 * @returns undefined where it says nothing
 * @throws RpbenchError RPB_CONTROL where it is none
 */
export function readClaim(said: unknown): ShardClaim | undefined {
  if (said === undefined) return undefined
  if (!isClaim(said))
    throw new RpbenchError('RPB_CONTROL', 'A shard came over the control connection that is none.')
  return { index: said.index, count: said.count, plan: said.plan }
}

function isClaim(said: unknown): said is ShardClaim {
  if (typeof said !== 'object' || said === null) return false
  const { index, count, plan } = said as Record<string, unknown>
  if (!isNumber(index) || !isNumber(count) || index > count || count > MOST_SHARDS_AT_ONCE) return false
  if (typeof plan !== 'object' || plan === null) return false
  const entries = Object.entries(plan)
  return (
    entries.length <= MOST_FLAGS &&
    entries.every(
      ([flag, value]) =>
        /^[a-z-]{1,30}$/.test(flag) && typeof value === 'string' && value.length <= MOST_LENGTH,
    )
  )
}

const isNumber = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1

/** The first thing in which two parts of one run do not say the same. */
export function differenceOfClaims(
  other: ShardClaim,
  own: ShardClaim,
): { flag: string; own: string; other: string } | undefined {
  const flags = [...new Set([...Object.keys(other.plan), ...Object.keys(own.plan)])]
  const flag = flags.find((one) => other.plan[one] !== own.plan[one])
  return flag === undefined
    ? undefined
    : { flag, own: own.plan[flag] ?? 'not set', other: other.plan[flag] ?? 'not set' }
}
