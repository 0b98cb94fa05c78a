import { flagOf } from '../../plan/parameters/table.js'
import { usageError } from '../../errors.js'
import { shardText } from '../../plan/shard.js'
import type { Recording } from '../../recording/recording.js'
import type { RunResult } from '../../result/run-result.js'
import { plural } from '../../units/plural.js'
import { planDifferences } from '../compare/differences.js'

/** A result that is one part of a plan, and where it is from. */
export interface NamedShard {
  /** stands for it in messages */
  name: string
  result: RunResult
  recording: Recording
}

/** In these, parts of one plan may differ: what each does of it, and what its host allows. */
const OF_A_PART = new Set([
  'shard',
  'startAt',
  'flows',
  'inFlight',
  'rateHz',
  'waves',
  'waveSize',
  'workers',
  'engineFallback',
])

type Effective = RunResult['plan']['effective']

const shardOf = ({ result }: NamedShard): NonNullable<Effective['shard']> => result.plan.effective.shard!

/**
 * The parts of one plan in their order.
 * @throws RpbenchError (wrong usage), naming the file, where one is of another plan, another version or another run of a served
 * group, is there twice, or is missing
 */
export function fitting(shards: readonly NamedShard[]): NamedShard[] {
  const [first, ...others] = shards as [NamedShard, ...NamedShard[]]
  for (const other of others) {
    refuseVersions(first, other)
    refusePlans(first, other)
    refuseGroups(first, other)
  }
  const { count } = shardOf(first)
  const byIndex = new Map<number, NamedShard>()
  for (const shard of shards) {
    const { index } = shardOf(shard)
    const before = byIndex.get(index)
    if (before)
      throw usageError(
        `${before.name} and ${shard.name} are both shard ${shardText(shardOf(shard))}: name each part once.`,
      )
    byIndex.set(index, shard)
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !byIndex.has(index))
  if (missing.length > 0)
    throw usageError(
      `${missing.length === 1 ? 'Shard' : 'Shards'} ${listed(missing)} of ${count} ${missing.length === 1 ? 'is' : 'are'} missing: name ${missing.length === 1 ? 'its file' : 'their files'} too; what a part did not tell, no sum has.`,
    )
  return [...byIndex].toSorted(([a], [b]) => a - b).map(([, shard]) => shard)
}

const MOST_LISTED = 10

/** `1, 2 and 5`. */
function listed(indices: readonly number[]): string {
  const shown = indices.slice(0, MOST_LISTED).map(String)
  if (indices.length > MOST_LISTED) return `${shown.join(', ')} and ${indices.length - MOST_LISTED} more`
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`
}

function refuseVersions(first: NamedShard, other: NamedShard): void {
  const [version, next] = [first.result.tool.version, other.result.tool.version]
  if (version !== next)
    throw usageError(
      `${first.name} was made by rpbench ${version}, and ${other.name} by ${next}: merge takes parts of one version.`,
    )
}

function refusePlans(first: NamedShard, other: NamedShard): void {
  const [shard, next] = [shardOf(first), shardOf(other)]
  const refuse = (what: string): never => {
    throw usageError(
      `${other.name} is of another plan than ${first.name}: ${what}. Merge takes the parts of one plan.`,
    )
  }
  if (shard.count !== next.count)
    refuse(
      `it is one of ${plural(next.count, 'part', 'parts')}, and the other of ${shard.count} (${shardText(next)} and ${shardText(shard)})`,
    )
  const whole = wholeOf(first)
  const nextWhole = wholeOf(other)
  const seeds = [whole.effective.seed, nextWhole.effective.seed]
  if (seeds[0] !== seeds[1]) refuse(`${flagOf('seed')} is ${seeds[1]}, and there ${seeds[0]}`)
  const [difference] = planDifferences(whole, nextWhole)
  if (difference) refuse(`${difference.flag} is ${difference.new}, and there ${difference.base}`)
}

/** A plan without what each part has of its own. */
function wholeOf({ result: { plan } }: NamedShard): RunResult['plan'] {
  const { effective, supplied } = plan
  const { whole } = effective.shard!
  const common = Object.entries(effective).filter(([key]) => !OF_A_PART.has(key))
  return { supplied, effective: { ...Object.fromEntries(common), ...whole } as Effective }
}

/** Parts that ask one served group have its counts of one run; others have groups of their own. */
function refuseGroups(first: NamedShard, other: NamedShard): void {
  const [run, next] = [first.recording.allShards?.runId, other.recording.allShards?.runId]
  if (run !== next)
    throw usageError(
      `${other.name} is of another run of the served group than ${first.name}, so that its members' counts are others: merge takes the parts of one run.`,
    )
}
