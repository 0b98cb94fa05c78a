import type { NamedShard } from '../analysis/shards/fitting.js'
import { usageError } from '../errors.js'
import { flagOf } from '../plan/parameters/table.js'
import { unpackRecording } from '../recording/packed-recording.js'
import { isOfKind, kindOf, type SavedResult } from '../result/saved-result.js'

/** A saved result, and what stands for it in messages. */
export interface NamedResult {
  name: string
  result: SavedResult
}

/** Whether it was made by merging. */
export const isMerged = ({ result }: NamedResult): boolean =>
  isOfKind(result, 'run') && result.shards !== undefined

/**
 * Results as parts of a plan, with what each of them keeps of what it counted.
 * @throws RpbenchError (wrong usage) naming the one that is none, or whose counts cannot be read
 */
export function readShards(named: readonly NamedResult[], toolVersion: string): NamedShard[] {
  return named.map(({ name, result }): NamedShard => {
    if (!isOfKind(result, 'run'))
      throw usageError(
        `${name} is a result of ${kindOf(result)!}: merge takes the results of run with ${flagOf('shard')}.`,
      )
    if (result.shard === undefined || result.plan.effective.shard === undefined)
      throw usageError(
        `${name} is a whole run: merge takes the parts of one, as run makes with ${flagOf('shard')} 1/10 and the like.`,
      )
    const { version } = result.tool
    if (version !== toolVersion)
      throw usageError(
        `${name} was made by rpbench ${version}, and this is ${toolVersion}: merge with the version that made it.`,
      )
    try {
      return { name, result, recording: unpackRecording(result.shard.recording) }
    } catch {
      throw usageError(
        `What ${name} keeps of its counts (shard.recording) cannot be read: it was cut or edited; take the file as run wrote it.`,
      )
    }
  })
}
