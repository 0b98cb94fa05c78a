import type { NamedShard } from '../analysis/shards/fitting.js'
import { togetherOf } from '../analysis/shards/together.js'
import type { Books, RunResult } from '../result/run-result.js'
import type { MergedShards } from '../result/shard.js'
import { sum } from './figures.js'
import { mergeRecordings } from './merged-recording.js'
import { mergedValidity } from './merged-validity.js'
import { assembleRun } from './run.js'

/**
 * One result of all shards of a plan, as if one client had sent the flows of all: their recordings are put together, and what is
 * said of a run is said of that. What was read of each host apart stays in the results of the shards: the kernel's counts,
 * intervals, the start, memory.
 * @param shards all of them, in their order
 */
export function mergeShards(shards: readonly NamedShard[]): RunResult {
  const results = shards.map(({ result }) => result)
  const [first] = results as [RunResult, ...RunResult[]]
  const recording = mergeRecordings(shards.map(({ recording: one }) => one))
  const { shard: _, ...supplied } = first.plan.supplied
  const {
    crossCheck: _crossCheck,
    startup: _startup,
    clientResidentBytes: _clientResidentBytes,
    failure: _failure,
    stopped: _stopped,
    ...merged
  } = assembleRun(recording, {
    toolVersion: first.tool.version,
    host: hostOf(results),
    supplied,
    ...(first.server && { server: first.server }),
  })
  const parts = partsOf(results)
  return {
    ...merged,
    startedAt: results.map(({ startedAt }) => startedAt).toSorted()[0]!,
    ...(first.label !== undefined &&
      results.every(({ label }) => label === first.label) && { label: first.label }),
    ...endOf(results),
    shards: { ...togetherOf(parts), parts },
    ...silencesOf(results, recording.groups === undefined ? 0 : first.members.length),
    affinity: {
      ...merged.affinity,
      ...violationsOf(results, recording.groups === undefined ? 0 : first.members.length),
    },
    // Where each had a group of its own, what one cannot account for makes up for nothing elsewhere.
    ...(recording.group.seenThere === undefined && { books: addedBooks(results.map(({ books }) => books)) }),
    validity: mergedValidity(
      results.map(({ validity }, i) => ({ index: i + 1, validity })),
      parts,
    ),
  }
}

/** Where shards were: what differs between their hosts is in no host. */
function hostOf(results: readonly RunResult[]): RunResult['host'] {
  const [{ host }] = results as [RunResult, ...RunResult[]]
  if (results.every((result) => JSON.stringify(result.host) === JSON.stringify(host))) return host
  const { traits: _, ...first } = host
  return first
}

function partsOf(results: readonly RunResult[]): MergedShards['parts'] {
  return results.map((result) => {
    const { startedAt, durationNs, plan, shard, validity } = result
    const { traits: _, ...host } = result.host
    const { index, firstFlow } = plan.effective.shard!
    return {
      index,
      host,
      startedAt,
      measuredAt: shard!.measuredAt,
      durationNs,
      firstFlow,
      flows: plan.effective.flows,
      verdict: validity.verdict,
    }
  })
}

/** What ended a shard before its time, ended the whole. */
function endOf(results: readonly RunResult[]): Pick<RunResult, 'stopped' | 'failure'> {
  const failed = results.flatMap(({ stopped, failure }, i) =>
    stopped === 'failed' ? [`Shard ${i + 1} of ${results.length}: ${failure ?? 'it failed.'}`] : [],
  )
  if (failed.length > 0) return { stopped: 'failed', failure: failed.join(' ') }
  return results.some(({ stopped }) => stopped !== undefined) ? { stopped: 'interrupted' } : {}
}

/** @param each members of each shard's own group; 0 where all had the same, which each of them saw */
function silencesOf(results: readonly RunResult[], each: number): Pick<RunResult, 'silences' | 'leftBehind'> {
  const seen = each === 0 ? results.slice(0, 1) : results
  const placed = <One extends { member?: number | undefined }>(
    all: readonly One[] | undefined,
    i: number,
  ): One[] =>
    (all ?? []).map((one) => (one.member === undefined ? one : { ...one, member: one.member + i * each }))
  const silences = seen.flatMap((result, i) => placed(result.silences, i))
  const leftBehind = seen.flatMap((result, i) => placed(result.leftBehind, i))
  return { ...(silences.length > 0 && { silences }), ...(leftBehind.length > 0 && { leftBehind }) }
}

/** Flows that moved, as each shard tells of its own: from where they came, and by their ids in the plan. */
function violationsOf(
  results: readonly RunResult[],
  each: number,
): Pick<RunResult['affinity'], 'violations'> {
  if (results.some(({ affinity }) => affinity.violations === undefined)) return {}
  return {
    violations: results.flatMap(({ affinity: { violations = [] } }, i) =>
      violations.map((one) => ({ ...one, members: one.members.map((member) => member + i * each) })),
    ),
  }
}

/** What all have, added up. */
function addedBooks(all: readonly Books[]): Books {
  const [first] = all as [Books, ...Books[]]
  const keys = (Object.keys(first) as (keyof Books)[]).filter((key) =>
    all.every((books) => books[key] !== undefined),
  )
  return Object.fromEntries(keys.map((key) => [key, sum(all.map((books) => books[key]!))])) as Books
}
