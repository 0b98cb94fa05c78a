import { lifeKey, slotsOf } from './group-array.js'
import type { Life } from './group-array.js'

/** A member of the group and the slot it stands in: its index in the array, or in the chain from the oldest on. */
export interface PlacedLife extends Life {
  readonly slot: number
}

/**
 * What happens to the flows of a group when it changes, as shares of all flows.
 * A flow stays if the very same generation of its member serves it before and after. The others moved: `orphan`
 * flows because their member's generation is gone, `collateral` ones although it still lives. So all flows of a
 * restarted member are orphans; those that land on their member's next generation count in `successorShare` too.
 */
export interface MoveShares {
  readonly staysShare: number
  readonly movedShare: number
  readonly orphanShare: number
  readonly collateralShare: number
  readonly successorShare: number
  /**
   * The least that any scheme could move which serves all members alike before and after: each surviving member
   * keeps min(1/n, 1/m) of the flows. Independent of the rule.
   */
  readonly minimumMovedShare: number
}

/** Where they go, member by member: the share of all flows that goes from row to column. */
export interface Transitions {
  /** by member */
  readonly rows: readonly PlacedLife[]
  /** by member */
  readonly columns: readonly PlacedLife[]
  readonly shares: readonly (readonly number[])[]
}

/** What a model says of a change: how much goes from which slot to which. */
export interface FlowWeights {
  /** the sum of all weights */
  readonly total: number
  /** calls `add` for every pair of slots that flows go between; a pair may come several times */
  forEach(add: (fromSlot: number, toSlot: number, weight: number) => void): void
}

/**
 * Rule `4.5`, exact. A hash is uniform over u in [0, 1) and slot i of n owns [i/n, (i+1)/n). Counted in units of
 * 1/(n·m) all these borders are integers, so each share carries one rounding, that of its division.
 *
 * @param n slots of the array before, at least one; `m` likewise after
 */
export function intervalWeights(n: number, m: number): FlowWeights {
  return {
    total: n * m,
    forEach(add) {
      let i = 0
      let j = 0
      let start = 0
      while (i < n && j < m) {
        const endOfI = (i + 1) * m
        const endOfJ = (j + 1) * n
        const end = Math.min(endOfI, endOfJ)
        add(i, j, end - start)
        start = end
        if (end === endOfI) i++
        if (end === endOfJ) j++
      }
    },
  }
}

/**
 * Any rule, flow by flow.
 *
 * @param before slot of each flow, at least one flow; `after` likewise, in the same order
 */
export function placementWeights(before: Uint16Array, after: Uint16Array): FlowWeights {
  return {
    total: before.length,
    forEach(add) {
      for (const [flow, slot] of before.entries()) add(slot, after[flow]!, 1)
    },
  }
}

export function moveShares(
  before: readonly Life[],
  after: readonly Life[],
  weights: FlowWeights,
): MoveShares {
  const slotsAfter = slotsOf(after)
  /** where each slot's own generation stands afterwards; undefined if it is gone */
  const survivors = before.map((life) => slotsAfter.get(lifeKey(life)))
  let stays = 0
  let orphans = 0
  let collateral = 0
  let successors = 0
  weights.forEach((from, to, weight) => {
    const survivor = survivors[from]
    if (survivor === to) stays += weight
    else if (survivor !== undefined) collateral += weight
    else {
      orphans += weight
      if (before[from]!.member === after[to]!.member) successors += weight
    }
  })
  const larger = Math.max(before.length, after.length)
  const surviving = survivors.filter((slot) => slot !== undefined).length
  // Weights that are not integers may sum to a hair more than their total.
  const share = (weight: number): number => Math.min(1, weight / (weights.total || 1))
  return {
    staysShare: share(stays),
    movedShare: share(orphans + collateral),
    orphanShare: share(orphans),
    collateralShare: share(collateral),
    successorShare: share(successors),
    minimumMovedShare: (larger - surviving) / larger,
  }
}

export function transitions(
  before: readonly Life[],
  after: readonly Life[],
  weights: FlowWeights,
): Transitions {
  const rows = byMember(before)
  const columns = byMember(after)
  const rowOfSlot = placesOf(rows)
  const columnOfSlot = placesOf(columns)
  const sums = rows.map(() => new Float64Array(columns.length))
  weights.forEach((from, to, weight) => {
    sums[rowOfSlot[from]!]![columnOfSlot[to]!]! += weight
  })
  return {
    rows,
    columns,
    shares: sums.map((row) => Array.from(row, (weight) => Math.min(1, weight / weights.total))),
  }
}

function byMember(group: readonly Life[]): PlacedLife[] {
  return group
    .map(({ member, generation }, slot) => ({ member, generation, slot }))
    .toSorted((a, b) => a.member - b.member || a.generation - b.generation)
}

/** slot → its place in the list ordered by member */
function placesOf(lives: readonly PlacedLife[]): number[] {
  const places: number[] = []
  for (const [place, { slot }] of lives.entries()) places[slot] = place
  return places
}
