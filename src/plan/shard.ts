import { usageError } from '../errors.js'
import { formatCount } from '../units/format.js'
import { plural } from '../units/plural.js'
import { ENVIRONMENTS, MOST_SHARDS, type ShardWish } from './shard-wish.js'
import type { ArrayTask } from './array-task.js'
import { flagOf } from './parameters/table.js'

/** Where a shard's number came from. */
export const SHARD_ORIGINS = ['flag', 'kubernetes', 'slurm'] as const
export type ShardOrigin = (typeof SHARD_ORIGINS)[number]

/** Which part of a plan this is. */
export interface ShardPlace {
  /** from 1 */
  index: number
  count: number
  from: ShardOrigin
}

/** What all shards of a plan divide among them, as the plan has it that they are parts of. */
export interface Divided {
  flows: number
  inFlight: number
  rateHz?: number
}

/** A part of a plan that several hosts carry out together. */
export interface Shard extends ShardPlace {
  /** id of its first flow among those of the whole plan; the others follow it */
  firstFlow: number
  /** before it was divided */
  whole: Divided
}

/**
 * Which part of a plan is asked for.
 * @param task what the environment says this process is one of; undefined where it says nothing
 * @throws RpbenchError (wrong usage) where what is left out cannot be known
 */
export function placeOfShard({ index, count }: ShardWish, task: ArrayTask | undefined): ShardPlace {
  const flag = flagOf('shard')
  if (index !== undefined && count !== undefined) return { index, count, from: 'flag' }
  const asked = count === undefined ? `${flag} auto` : `${flag} /${count}`
  if (task === undefined)
    throw usageError(
      `${asked} takes the number of the part from the environment, which has none (${ENVIRONMENTS}): write ${flag} 1/${count ?? 10} and the like.`,
    )
  if (count === undefined && task.count === undefined)
    throw usageError(
      `${asked} cannot know how many parts there are, which Kubernetes does not tell: write ${flag} /N with the completions of the Job.`,
    )
  const parts = count ?? task.count!
  if (task.count !== undefined && task.count !== parts)
    throw usageError(
      `${asked}: the array has ${plural(task.count, 'task', 'tasks')}, so that its numbers are not those of ${parts} parts; write ${flag} K/${parts}, or make the array as long.`,
    )
  if (task.place >= parts)
    throw usageError(
      `${asked}: ${task.name} is ${task.place}, and the last of ${parts} parts has ${parts - 1}, since it counts from 0: write the completions of the Job there.`,
    )
  if (parts > MOST_SHARDS) throw usageError(`${asked}: there are 1 to ${MOST_SHARDS} parts, not ${parts}.`)
  return { index: task.place + 1, count: parts, from: task.from }
}

/** Id of the first flow of shard `index` (from 1); of `count + 1`, of the one behind the last. */
const beginOf = (flows: number, index: number, count: number): number =>
  Math.floor((flows * (index - 1)) / count)

/**
 * A shard's part of what a plan has: its flows stand one after another, and it has the share of the rate that they are of all
 * flows, so that each is asked as often as in the whole. Parts of numbers differ by one at most and add up.
 * @throws RpbenchError (wrong usage) where there are too few for each shard to have one
 */
export function partOf(whole: Divided, place: ShardPlace): Divided & { shard: Shard } {
  const { flows, inFlight, rateHz } = whole
  const { index, count } = place
  const parts = (total: number): number => beginOf(total, index + 1, count) - beginOf(total, index, count)
  if (count > flows)
    throw usageError(
      `${flagOf('shard')} ${index}/${count}: ${plural(flows, 'flow', 'flows')} cannot be divided into ${count} parts; raise ${flagOf('flows')}.`,
    )
  if (rateHz === undefined && count > inFlight)
    throw usageError(
      `${flagOf('shard')} ${index}/${count}: ${formatCount(inFlight)} in flight cannot be divided into ${count} parts; raise ${flagOf('inFlight')}.`,
    )
  const own = parts(flows)
  return {
    flows: own,
    inFlight: Math.max(1, parts(inFlight)),
    ...(rateHz !== undefined && { rateHz: (rateHz * own) / flows }),
    shard: {
      ...place,
      firstFlow: beginOf(flows, index, count),
      whole: { flows, inFlight, ...(rateHz !== undefined && { rateHz }) },
    },
  }
}

/** Id of the first flow of a plan, or of a part of one. */
export const firstFlowOf = ({ shard }: { shard?: Shard }): number => shard?.firstFlow ?? 0

/** What a plan has, or for a part of one what all parts have together. */
export const dividedOf = ({ shard, flows, inFlight, rateHz }: Divided & { shard?: Shard }): Divided =>
  shard?.whole ?? { flows, inFlight, ...(rateHz !== undefined && { rateHz }) }

const sum = (some: Float64Array): number => some.reduce((total, one) => total + one, 0)

/**
 * What the flows of a part weigh, and the share of the rate that this is of all weights.
 * @param weights of all flows of the plan
 * @throws RpbenchError (wrong usage) where they weigh nothing
 */
export function weightedPart(
  { flows }: Pick<Divided, 'flows'>,
  { index, count, firstFlow, whole }: Shard,
  weights: Float64Array,
): { weights: Float64Array; rateHz?: number } {
  const own = weights.slice(firstFlow, firstFlow + flows)
  const weight = sum(own)
  if (weight === 0)
    throw usageError(
      `${flagOf('shard')} ${index}/${count}: its flows all weigh nothing, so that it would ask nobody; take fewer parts.`,
    )
  return {
    weights: own,
    ...(whole.rateHz !== undefined && { rateHz: (whole.rateHz * weight) / sum(weights) }),
  }
}

/**
 * What is left to say of a run that is a part of one.
 * @throws RpbenchError (wrong usage) on what would not be the same in parts
 */
export function refuseWithShard(
  { weights, rateHz, durationNs }: { weights: string; rateHz?: number; durationNs?: number },
  { repeat, commands }: { repeat: number; commands: number },
): void {
  const flag = flagOf('shard')
  if (repeat > 1)
    throw usageError(
      `${flag} and ${flagOf('repeat')} exclude each other: run the parts again with another ${flagOf('seed')}.`,
    )
  if (commands > 0)
    throw usageError(
      `${flag} and ${flagOf('on')} exclude each other: each part would run the command; run it beside them.`,
    )
  if (weights !== 'uniform' && (rateHz === undefined || durationNs === undefined))
    throw usageError(
      `${flag} and ${flagOf('weights')} need ${flagOf('rateHz')} and ${flagOf('durationNs')}: by anything else the parts would weigh flows anew.`,
    )
}

/** As one would write it. */
export const shardText = ({ index, count }: Pick<ShardPlace, 'index' | 'count'>): string =>
  `${index}/${count}`
