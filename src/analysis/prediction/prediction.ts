import { usageError } from '../../errors.js'
import type { ChangePrediction, SpreadPrediction } from '../../result/predict-result.js'
import { applyStep, freshGroup, lifeKey, slotsOf, stepsOf } from '../../kernel/group-array.js'
import type { Change, Life, Step } from '../../kernel/group-array.js'
import { jhash3Words } from '../../kernel/jhash.js'
import { placements } from '../../kernel/lookup.js'
import type { SelectionRule } from '../../kernel/lookup.js'
import { intervalWeights, moveShares, transitions } from '../../kernel/remap.js'
import type { FlowWeights, MoveShares, Transitions } from '../../kernel/remap.js'
import { seenWeights, type Silence } from '../../kernel/seen-weights.js'
import { predictSpread } from '../../kernel/spread.js'
import type { GroupHistory } from '../../kernel/sticky-history.js'
import { flagOf } from '../../plan/parameters/table.js'
import { STEERING, type PredictedSteering, type SteeringKind, type SteeringRow } from '../../plan/steering.js'

/** The transition matrix has from × to entries, and a replacement of all members has twice as many steps. */
const MOST_MEMBERS_IN_A_CHANGE = 256
/** A reuseport group takes no more (docs/kernel.md, measured on Linux 6.18). */
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
      `${flagOf('steering')} ${steering} needs a BPF program at the group, which no kernel before 4.5 takes.`,
    )
  }
  const before = freshGroup(from)
  const steps = stepsOf(before, change)
  const starts = steps.filter(({ action }) => action === 'start').length
  const placed = rule === '4.5' ? undefined : simulate(rule, from + starts)
  const stages = stagesOf(before, steps, rule)
  const weights = STEERING[steering].model({ before, steps, stages, placed })
  const [after, last] = [stages.at(-1), weights.at(-1)]
  if (after === undefined || last === undefined) throw new RangeError('a change has at least one step')
  const matrix = transitions(before, after, last)
  return {
    kind: 'change',
    rule,
    steering,
    change,
    ...(rule === '3.9' && placed !== undefined
      ? { method: 'simulated', hashes: placed[from]!.length }
      : { method: 'exact' }),
    from,
    to: after.length,
    ...moveShares(before, after, last),
    membersBefore: [...matrix.rows],
    membersAfter: [...matrix.columns],
    transitions: matrix.shares.map((row) => [...row]),
    orphansLand: orphansLand(matrix),
    steps: steps.map((step, i) => ({ ...step, ...stageFigures(before, stages[i]!, weights[i]!) })),
  }
}

/** The last of a group's changes, as far as a prediction needs it. */
export interface LastChange {
  before: readonly Life[]
  steps: readonly Step[]
  silence?: Silence
  /** how the group began, and the steps of each change until this one; as `before` is, when absent */
  past?: GroupHistory
}

export interface StepsPrediction extends MoveShares {
  /** of all flows, those that go to a silent member */
  darkShare: number
  /**
   * false where what happens depends on which flows happened to send between a stop and the start that followed it:
   * then this is what happens when all of them did
   */
  determined: boolean
}

/**
 * What steps taken on any group do to its flows under the rule of Linux 4.5 and later; without steps nothing moves.
 * Shares are of the flows that can be seen before and after, but `darkShare` and the minimum are of all.
 *
 * @throws RangeError under a steering that leaves a flow's place to something else than the group
 */
export function predictSteps(change: LastChange, steering: SteeringKind): StepsPrediction {
  const { before, steps, silence = { before: [], after: [] } } = change
  const { model, sinceStart }: SteeringRow = STEERING[steering]
  if (model === null) throw new RangeError(`there is no model of steering ${steering}`)
  const { start, changes } = change.past ?? { start: before, changes: [] }
  const stages = stagesOf(before, steps, '4.5')
  const after = stages.at(-1) ?? before
  const sharesOf = (all: FlowWeights): MoveShares & { darkShare: number } => {
    const { weights, darkShare } = seenWeights(all, before, after, silence)
    return { ...moveShares(before, after, weights), darkShare }
  }
  if (sinceStart !== undefined) {
    const history = { start, changes: [...changes, steps] }
    const shares = sharesOf(sinceStart(history, 'between-steps'))
    const other = sharesOf(sinceStart(history, 'between-changes'))
    return { ...shares, determined: alike(shares, other) }
  }
  const unmoved = intervalWeights(before.length, before.length)
  const last = model({ before, steps, stages }).at(-1)
  return { ...sharesOf(last ?? unmoved), determined: true }
}

function alike(a: MoveShares & { darkShare: number }, b: typeof a): boolean {
  return (['orphanShare', 'collateralShare', 'darkShare'] as const).every((key) => a[key] === b[key])
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

/** The group after each step. */
function stagesOf(before: readonly Life[], steps: readonly Step[], rule: SelectionRule): Life[][] {
  let group = [...before]
  return steps.map((step) => (group = applyStep(rule, group, step)))
}

/** A group that is empty for a while serves nobody. */
function stageFigures(
  before: readonly Life[],
  group: readonly Life[],
  weights: FlowWeights,
): { members: number; displacedShare: number } {
  if (group.length === 0) return { members: 0, displacedShare: 1 }
  return { members: group.length, displacedShare: moveShares(before, group, weights).movedShare }
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
  const orphaned = shares.filter((_, row) => !alive.has(lifeKey(rows[row]!)))
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
      throw usageError(`From ${from} to ${from} members nothing changes: use another ${flagOf('to')}.`)
  }
  if (
    (change.kind === 'remove' || change.kind === 'restart') &&
    !(change.member >= 0 && change.member < from)
  ) {
    const allowed = from === 1 ? 'only member 0' : `members 0 to ${from - 1}`
    throw usageError(`There is no member ${change.member} to ${change.kind}: the group has ${allowed}.`)
  }
  if (change.kind === 'remove' && from === 1) {
    throw usageError(`Without its only member there is no group left: use ${flagOf('from')} 2 or more.`)
  }
}
