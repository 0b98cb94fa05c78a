import { usageError } from '../errors.js'

/** What `--shard` says: which part of how many; what it leaves out is for whoever started this process to say. */
export interface ShardWish {
  /** from 1 */
  index?: number
  count?: number
}

/** More cannot be told apart in a run that one group serves. */
export const MOST_SHARDS = 1000

/**
 * Reads `3/10`, `/10` (the environment says which) or `auto` (it says both).
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function parseShard(text: string, { flag }: { flag: string }): ShardWish {
  if (text === 'auto') return {}
  const match = /^(\d{0,9})\/(\d{1,9})$/.exec(text)
  if (!match)
    throw usageError(
      `${flag} "${text}" is not a part of how many: write 3/10, /10 where the environment has the number of the part (${ENVIRONMENTS}), or auto in a Slurm array.`,
    )
  const count = Number(match[2])
  if (count < 1 || count > MOST_SHARDS)
    throw usageError(`${flag} ${text}: there are 1 to ${MOST_SHARDS} parts.`)
  if (match[1] === '') return { count }
  const index = Number(match[1])
  if (index < 1 || index > count)
    throw usageError(
      `${flag} ${text}: parts are counted from 1, and the last of ${count} is ${count}/${count}.`,
    )
  return { index, count }
}

export const ENVIRONMENTS = 'JOB_COMPLETION_INDEX of Kubernetes, SLURM_ARRAY_TASK_ID of Slurm'
