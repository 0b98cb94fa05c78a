import { applyStep, lifeKey, slotsOf } from './group-array.js'
import type { Life, Step } from './group-array.js'
import { intervalWeights, placementWeights } from './remap.js'
import type { FlowWeights } from './remap.js'

/** A change of a fresh group, step by step. */
export interface SteppedChange {
  readonly before: readonly Life[]
  readonly steps: readonly Step[]
  /** the group after each step, in slots */
  readonly stages: readonly (readonly Life[])[]
  /** by group size, the slots of well-mixed hashes: under the rules before 4.5, which only the hash knows */
  readonly placed?: readonly Uint16Array[] | undefined
}

/** What a steering does to the flows at a change: the weights from `before` to the group after each step. */
export type SteeringModel = (change: SteppedChange) => FlowWeights[]

/** The kernel's hash: a flow's slot depends on its hash and on how many slots there are. */
export const hashModel: SteeringModel = ({ before, stages, placed }) =>
  stages.map(({ length }) =>
    placed === undefined
      ? intervalWeights(before.length, length)
      : placementWeights(placed[before.length]!, placed[length]!),
  )

export const consistentModel: SteeringModel = ({ before, stages }) =>
  stages.map((group) => consistentWeights(before, group))

export const randomModel: SteeringModel = ({ before, stages }) =>
  stages.map(({ length }) => randomWeights(before.length, length))

export const stickyModel: SteeringModel = ({ before, steps }) => stickyWeights(before, steps)

/**
 * Consistent steering as rendezvous hashing by member index: a flow ranks all members in a random order of its own
 * and takes the first that is there. A restarted member has the rank it had, so its flows find its successor.
 * Let U be all members of either group. Who ranks first in U is uniform, which gives every pair's probability; over
 * the common denominator |U|·n·m these are integers:
 *   same member: n·m · survivor → newcomer: m · leaver → survivor: n · leaver → newcomer: n + m.
 * So n → n+1 moves 1/(n+1), and a removal moves the orphans alone, evenly to all who are left.
 * A Maglev table comes close to it but moves a few flows more (Eisenbud et al., NSDI 2016).
 * Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM ToN 6(1), 1998.
 *
 * @param before a fresh group
 * @param after may have two generations of a member: a successor waits until the socket it follows is closed
 */
export function consistentWeights(before: readonly Life[], after: readonly Life[]): FlowWeights {
  const n = before.length
  const serving = oldestGenerations(after)
  const m = serving.size
  const union = new Set([...before.map(({ member }) => member), ...serving.keys()]).size
  const membersBefore = new Set(before.map(({ member }) => member))
  return {
    total: union * n * m,
    forEach(add) {
      for (const [i, { member: a }] of before.entries()) {
        const leaves = !serving.has(a)
        for (const [b, j] of serving) {
          const joins = !membersBefore.has(b)
          if (a === b) add(i, j, n * m)
          else if (leaves || joins) add(i, j, (joins ? m : 0) + (leaves ? n : 0))
        }
      }
    },
  }
}

/** Random steering draws a member for each datagram anew, so what serves a flow before says nothing of after. */
export function randomWeights(n: number, m: number): FlowWeights {
  return {
    total: n * m,
    forEach(add) {
      for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) add(i, j, 1)
    },
  }
}

/**
 * Sticky steering: a flow table in front of consistent steering. A flow stays where it is while that member lives;
 * when it leaves, the flow takes its own first choice if that is there, otherwise any member with equal chance.
 * Existing flows only, each of which sends at least once between any two steps, and a table that forgets none.
 *
 * @param before a fresh group, in which every flow is at its first choice
 * @param steps as by `stepsOf`
 * @returns the weights from `before` to the group after each step
 */
export function stickyWeights(before: readonly Life[], steps: readonly Step[]): FlowWeights[] {
  let group = [...before]
  let served: Served = before.map((life) => new Map([[lifeKey(life), 1]]))
  return steps.map((step) => {
    group = applyStep('4.5', group, step)
    const slots = slotsOf(group)
    if (group.length > 0) served = rehome(served, before, group, slots)
    const now = served
    return {
      total: before.length,
      forEach(add) {
        for (const [choice, shares] of now.entries()) {
          for (const [life, share] of shares) add(choice, slots.get(life)!, share)
        }
      },
    }
  })
}

/** Per first choice: which member (by `lifeKey`) serves how much of it, as a share of that choice's flows. */
type Served = readonly ReadonlyMap<string, number>[]

/** Moves what is served by members that are gone. */
function rehome(
  served: Served,
  before: readonly Life[],
  group: readonly Life[],
  slots: ReadonlyMap<string, number>,
): Served {
  const oldest = oldestGenerations(group)
  return served.map((shares, choice) => {
    const kept = new Map<string, number>()
    let orphaned = 0
    for (const [life, share] of shares) {
      if (slots.has(life)) kept.set(life, share)
      else orphaned += share
    }
    if (orphaned === 0) return shares
    const home = oldest.get(before[choice]!.member)
    const heirs = home === undefined ? [...oldest.values()] : [home]
    for (const slot of heirs) {
      const heir = lifeKey(group[slot]!)
      kept.set(heir, (kept.get(heir) ?? 0) + orphaned / heirs.length)
    }
    return kept
  })
}

/** member → slot of its oldest generation in the group */
export function oldestGenerations(group: readonly Life[]): Map<number, number> {
  const slots = new Map<number, number>()
  for (const [slot, { member, generation }] of group.entries()) {
    const known = slots.get(member)
    if (known === undefined || group[known]!.generation > generation) slots.set(member, slot)
  }
  return slots
}
