import { flagOf } from '../plan/parameters/table.js'
import { fitting } from '../analysis/shards/fitting.js'
import { mergeShards } from '../assembly/merged-run.js'
import { isMerged, readShards, type NamedResult } from '../assembly/read-shards.js'
import { usageError } from '../errors.js'
import { readResults } from '../files/result-files.js'
import type { RunResult } from '../result/run-result.js'
import { checkResult, type SavedResult } from '../result/saved-result.js'
import { heldAgainst } from './check.js'
import type { ThresholdTexts } from './read-thresholds.js'
import { TOOL_VERSION } from './tool-version.js'

/** A part of a plan: the path of its file, or of a folder of such, or what was read from one. */
export type Shard = string | SavedResult

/** One result of all parts, and why files in a folder were left out. */
export interface Merged {
  result: RunResult
  skipped: string[]
}

/**
 * Makes one result of those of all shards of a plan.
 * @throws RpbenchError (wrong usage), naming the file, where one is no shard of it, is there twice, or is missing
 */
export async function mergeResults(
  shards: readonly Shard[],
  thresholds: ThresholdTexts = {},
): Promise<Merged> {
  const skipped: string[] = []
  const named = await namedResults(shards, skipped)
  const parts = named.filter((one) => {
    if (isMerged(one)) skipped.push(`${one.name} is a merged result itself.`)
    return !isMerged(one)
  })
  if (parts.length === 0)
    throw usageError(
      `There is no shard to merge: ${skipped[0] ?? `name the results of run with ${flagOf('shard')}.`}`,
    )
  const merged = mergeShards(fitting(readShards(parts, TOOL_VERSION)))
  const result = thresholds.threshold === undefined ? merged : (heldAgainst(merged, thresholds) as RunResult)
  return { result, skipped }
}

async function namedResults(shards: readonly Shard[], skipped: string[]): Promise<NamedResult[]> {
  const paths = shards.filter((shard) => typeof shard === 'string')
  const given: NamedResult[] = []
  if (paths.length > 0) {
    const read = await readResults(paths)
    for (const { why, named } of read.skipped) {
      // What was named may be what is missing.
      if (named) throw usageError(why)
      skipped.push(why)
    }
    given.push(...read.saved.map(({ file, result }) => ({ name: file, result })))
  }
  for (const [index, shard] of shards.entries())
    if (typeof shard !== 'string')
      given.push({ name: `shards[${index}]`, result: await checkResult(shard, `shards[${index}]`) })
  return given
}
