import { usageError } from '../errors.js'
import { applyStep, freshGroup, stepsOf } from '../kernel/group-array.js'
import type { Change, Life, Step } from '../kernel/group-array.js'
import type { Silence } from '../kernel/seen-weights.js'
import { changeText, type GroupChange, type TimedChange } from './group-change.js'
import { flagOf } from './parameters/table.js'
import type { RunPlan } from './run-plan.js'

/** A change with what it does to the group, in slots of the kernel's array. */
export interface PlannedChange extends TimedChange {
  steps: Step[]
  before: Life[]
  after: Life[]
  /**
   * members that stand still: those not heard of since the array last changed before this change, so that nobody
   * knows which flows they have by now; and those that do so after it
   */
  silence: Silence
}

/** What the kernel's array sees of a change; nothing of a stall. */
function kernelChange(change: GroupChange, members: number): Change | undefined {
  switch (change.kind) {
    case 'add':
      return { kind: 'resize', to: members + 1 }
    case 'remove':
    case 'kill':
      return { kind: 'remove', member: change.member }
    case 'stall':
    case 'resume':
      return undefined
    default:
      return change
  }
}

/** Newcomers take member indexes that nobody had: a removed member's figures stay its own. */
function withNewIndexes(steps: Step[], used: number): Step[] {
  let next = used
  return steps.map((step) =>
    step.action === 'start' && step.generation === 0 ? { ...step, member: next++ } : step,
  )
}

/**
 * Follows a group of `members` through its changes, in the order of time.
 * @throws RpbenchError (wrong usage) where a change is not possible at its time
 */
export function planChanges(members: number, changes: readonly TimedChange[], flag: string): PlannedChange[] {
  let group = freshGroup(members)
  let indexes = members
  const stalled = new Set<number>()
  let unheard = new Set<number>()
  return changes
    .toSorted((a, b) => a.atNs - b.atNs)
    .map(({ atNs, change }) => {
      const before = group
      if ('member' in change) checkMember(change, group, stalled, flag)
      if ((change.kind === 'remove' || change.kind === 'kill') && group.length === 1)
        throw usageError(
          `${flag}: ${changeText(change)} would leave no member; start with more ${flagOf('procs')}.`,
        )
      if (change.kind === 'replace' && stalled.size > 0)
        throw usageError(`${flag}: a stalled member cannot be replaced; resume it first.`)
      const silentBefore = [...unheard]
      if (change.kind === 'stall') stalled.add(change.member)
      if (change.kind === 'resume' || change.kind === 'kill') {
        stalled.delete(change.member)
        unheard.delete(change.member)
      }
      const wanted = kernelChange(change, group.length)
      const steps = wanted ? withNewIndexes(stepsOf(group, wanted), indexes) : []
      indexes = Math.max(indexes, ...steps.map((step) => step.member + 1))
      group = steps.reduce((g, step) => applyStep('4.5', g, step), group)
      if (steps.length > 0) unheard = new Set(stalled)
      return {
        atNs,
        change,
        steps,
        before,
        after: group,
        silence: { before: silentBefore, after: [...stalled] },
      }
    })
}

function checkMember(
  change: GroupChange & { member: number },
  group: readonly Life[],
  stalled: ReadonlySet<number>,
  flag: string,
): void {
  const here = group.map((life) => life.member).toSorted((a, b) => a - b)
  if (!here.includes(change.member))
    throw usageError(
      `${flag}: there is no member ${change.member} to ${change.kind} then; there are ${here.join(', ')}.`,
    )
  const isStalled = stalled.has(change.member)
  if (change.kind === 'resume' && !isStalled)
    throw usageError(`${flag}: member ${change.member} is not stalled, so it cannot resume.`)
  if (isStalled && change.kind !== 'resume' && change.kind !== 'kill')
    throw usageError(`${flag}: member ${change.member} is stalled then; resume or kill it first.`)
}

/** How many turns of a flow a change leaves alone on each side: one to be seen in, with room for a late reply. */
const QUIET_PERIODS = 3
/** And for how long at least: a member that waits for its CPU has not gone dark. */
const LEAST_QUIET_NS = 200e6
/** About what the start of a member's process takes, with room for a busy machine. */
const STEP_NS = 200e6

/** How often each flow of an open loop has its turn, ns. */
export function flowPeriodNs({ flows, rateHz }: Pick<RunPlan, 'flows' | 'rateHz'>): number {
  return (flows * 1e9) / (rateHz ?? Infinity)
}

/** How long flows are left alone before and after a change, so that each of them shows where it is, ns. */
export function quietNs(plan: Pick<RunPlan, 'flows' | 'rateHz'>): number {
  return Math.max(LEAST_QUIET_NS, QUIET_PERIODS * flowPeriodNs(plan))
}

/** How long a run must last for its changes to be carried out and seen, whole ns. */
export function neededNs(plan: Pick<RunPlan, 'flows' | 'rateHz'>, changes: readonly PlannedChange[]): number {
  let endNs = 0
  for (const { atNs, steps } of changes)
    endNs = Math.max(atNs, endNs) + steps.length * STEP_NS + quietNs(plan)
  return Math.ceil(endNs)
}
