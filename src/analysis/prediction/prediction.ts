import { usageError } from '../../errors.js'
import type { ChangePrediction, SpreadPrediction } from '../../result/predict-result.js'
import { applyStep, freshGroup, seatKey, slotsOf, stepsOf } from '../../kernel/group-array.js'
import type { Change, MemberGeneration, Step } from '../../kernel/group-array.js'
import { jhash3Words } from '../../kernel/jhash.js'
import { placements } from '../../kernel/lookup.js'
import type { SelectionRule } from '../../kernel/lookup.js'
import { intervalWeights, moveShares, placementWeights, transitions } from '../../kernel/remap.js'
import type { FlowWeights, MoveShares, Transitions } from '../../kernel/remap.js'
import { seenWeights, type Silence } from '../../kernel/seen-weights.js'
import { predictSpread } from '../../kernel/spread.js'
import { consistentWeights, randomWeights, stickyWeights } from '../../kernel/steering-model.js'

/** What decides the member of a flow: the kernel's `hash`, or a program attached to the group. */
export type PredictedSteering = 'hash' | 'consistent' | 'sticky' | 'random'

/** The transition matrix has from × to entries, and a replacement of all members has twice as many steps. */
const MOST_MEMBERS_IN_A_CHANGE = 256
/** A reuseport group takes no more (KERNEL.md, measured on Linux 6.18). */
const MOST_MEMBERS = 32_768

/** Placements kept in a simulation, hashes times group sizes: 32 MB. */
const MOST_PLACEMENTS = 2 ** 24
const MOST_HASHES = 2 ** 18

/**
 * What a change does to the flows of a group with members 0 … from − 1.
 *
 * @throws RpbenchError RPB_USAGE where the change is not possible for this group, or the steering not under this rule
 */
export function predictChange(
  from: number,
  change: Change,
  rule: SelectionRule,
  steering: PredictedSteering,
): ChangePrediction {
  checkGroup(from, MOST_MEMBERS_IN_A_CHANGE)
  checkChange(from, change)
  if (steering !== 'hash' && rule !== '4.5') {
    throw usageError(
      `--steering ${steering} needs a BPF program at the group, which no kernel before 4.5 takes.`,
    )
  }
  const before = freshGroup(from)
  const steps = stepsOf(before, change)
  const starts = steps.filter(({ action }) => action === 'start').length
  const placed = rule === '4.5' ? undefined : simulate(rule, from + starts)
  const stages = stagesOf(before, steps, rule, steering, placed)
  const last = stages.at(-1)
  if (last === undefined) throw new RangeError('a change has at least one step')
  const matrix = transitions(before, last.group, last.weights)
  return {
    kind: 'change',
    rule,
    steering,
    change,
    ...(rule === '3.9' && placed !== undefined
      ? { method: 'simulated', hashes: placed[from]!.length }
      : { method: 'exact' }),
    from,
    to: last.group.length,
    ...moveShares(before, last.group, last.weights),
    membersBefore: [...matrix.rows],
    membersAfter: [...matrix.columns],
    transitions: matrix.shares.map((row) => [...row]),
    orphansLand: orphansLand(matrix),
    steps: steps.map((step, i) => ({ ...step, ...stageFigures(before, stages[i]) })),
  }
}

/**
 * What steps taken on any group do to its flows under the rule of Linux 4.5 and later; without steps nothing moves.
 * Shares are of the flows that can be seen before and after, but `darkShare`, of those that go to a silent member, and
 * the minimum are of all. Sticky steering is taken to have every flow at its first choice before the steps.
 */
export function predictSteps(
  before: readonly MemberGeneration[],
  steps: readonly Step[],
  steering: PredictedSteering,
  silence: Silence = { before: [], after: [] },
): MoveShares & { darkShare: number } {
  const last = stagesOf(before, steps, '4.5', steering, undefined).at(-1)
  const stage = last ?? { group: [...before], weights: intervalWeights(before.length, before.length) }
  const { weights, darkShare } = seenWeights(stage.weights, before, stage.group, silence)
  return { ...moveShares(before, stage.group, weights), darkShare }
}

/**
 * How flows spread over a group.
 *
 * @throws RpbenchError RPB_USAGE for a group that cannot be
 */
export function predictSpreadOf(members: number, flows: number, rule: SelectionRule): SpreadPrediction {
  checkGroup(members, MOST_MEMBERS)
  return { kind: 'spread', rule, steering: 'hash', members, flows, ...predictSpread(rule, members, flows) }
}

/** The group after a step, and how flows went there from before the whole change. */
interface Stage {
  group: MemberGeneration[]
  weights: FlowWeights
}

function stagesOf(
  before: readonly MemberGeneration[],
  steps: readonly Step[],
  rule: SelectionRule,
  steering: PredictedSteering,
  placed: readonly Uint16Array[] | undefined,
): Stage[] {
  const sticky = steering === 'sticky' ? stickyWeights(before, steps) : []
  const n = before.length
  let group = [...before]
  return steps.map((step, i) => {
    group = applyStep(rule, group, step)
    const m = group.length
    const stickyStage = sticky[i]
    if (stickyStage !== undefined) return { group, weights: stickyStage }
    if (steering === 'random') return { group, weights: randomWeights(n, m) }
    if (steering === 'consistent') return { group, weights: consistentWeights(before, group) }
    const weights = placed === undefined ? intervalWeights(n, m) : placementWeights(placed[n]!, placed[m]!)
    return { group, weights }
  })
}

/** A group that is empty for a while serves nobody. */
function stageFigures(
  before: readonly MemberGeneration[],
  stage: Stage | undefined,
): { members: number; displacedShare: number } {
  if (stage === undefined || stage.group.length === 0) return { members: 0, displacedShare: 1 }
  const { movedShare } = moveShares(before, stage.group, stage.weights)
  return { members: stage.group.length, displacedShare: movedShare }
}

/**
 * Where well-mixed hashes land among 1, 2, … `most` sockets: as many hashes as memory allows. Rule `3.8` asks no hash
 * at all, so one stands for all.
 */
function simulate(rule: SelectionRule, most: number): Uint16Array[] {
  const count = rule === '3.8' ? 1 : Math.min(MOST_HASHES, Math.floor(MOST_PLACEMENTS / most))
  const hashes = Uint32Array.from({ length: count }, (_, i) => jhash3Words(i, 0, 0, 0))
  return placements(rule, hashes, most)
}

function orphansLand({ rows, columns, shares }: Transitions): ChangePrediction['orphansLand'] {
  const alive = slotsOf(columns)
  const orphaned = shares.filter((_, row) => !alive.has(seatKey(rows[row]!)))
  return columns
    .map(({ member, generation }, column) => ({
      member,
      generation,
      share: Math.min(
        1,
        orphaned.reduce((sum, row) => sum + row[column]!, 0),
      ),
    }))
    .filter(({ share }) => share > 0)
}

function checkGroup(members: number, most: number): void {
  if (members >= 1 && members <= most) return
  throw usageError(`A group of ${members} members cannot be predicted: use 1 to ${most}.`)
}

function checkChange(from: number, change: Change): void {
  if (change.kind === 'resize') {
    checkGroup(change.to, MOST_MEMBERS_IN_A_CHANGE)
    if (change.to === from)
      throw usageError(`From ${from} to ${from} members nothing changes: use another --to.`)
  }
  if (
    (change.kind === 'remove' || change.kind === 'restart') &&
    !(change.member >= 0 && change.member < from)
  ) {
    const allowed = from === 1 ? 'only member 0' : `members 0 to ${from - 1}`
    throw usageError(`There is no member ${change.member} to ${change.kind}: the group has ${allowed}.`)
  }
  if (change.kind === 'remove' && from === 1) {
    throw usageError('Without its only member there is no group left: use --from 2 or more.')
  }
}
