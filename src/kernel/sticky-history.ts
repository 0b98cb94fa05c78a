import { applyStep, seatKey, slotsOf } from './group-array.js'
import type { MemberGeneration, Step } from './group-array.js'
import { placementWeights } from './remap.js'
import type { FlowWeights } from './remap.js'
import { rendezvousMember, TABLE_ENTRIES } from './rendezvous.js'
import { oldestGenerations } from './steering-model.js'

/** What happened to a group since it began, the change in question last. */
export interface GroupHistory {
  /** as it began */
  readonly start: readonly MemberGeneration[]
  /** the steps of each change; between two changes every flow sends */
  readonly changes: readonly (readonly Step[])[]
}

/** Whether flows send between the steps of a change too, or only when all of them were taken. */
export type Sending = 'between-steps' | 'between-changes'

/**
 * Sticky steering with a memory: a flow that stayed where it was while others came has another rank order behind it than
 * a fresh one, so there are no shares in closed form. But what the kernel's hash of a flow is scaled to is known, one of
 * 65,536 entries that are alike to the hash, and so is the table that they are looked up in: each entry is taken through
 * the group's history by the rule of the program.
 *
 * @param sending a stop and the start that follows it may take less than a flow's turn: then a flow may meet the gap or not
 * @returns the weights from the group before the last change to the group after it
 */
export function stickySinceStart({ start, changes }: GroupHistory, sending: Sending): FlowWeights {
  const seats: MemberGeneration[] = [...start]
  const seatOf = new Uint32Array(TABLE_ENTRIES)
  let group: readonly MemberGeneration[] = start
  rehome(group, seats, seatOf, () => true)
  let before = placesIn(group, seats, seatOf)
  for (const steps of changes) {
    before = placesIn(group, seats, seatOf)
    for (const [i, step] of steps.entries()) {
      group = applyStep('4.5', group, step)
      if (step.action === 'start') seats.push({ member: step.member, generation: step.generation })
      if (group.length === 0 || (sending === 'between-changes' && i < steps.length - 1)) continue
      const here = slotsOf(group)
      const gone = seats.map((seat) => !here.has(seatKey(seat)))
      rehome(group, seats, seatOf, (seat) => gone[seat]!)
    }
  }
  return placementWeights(before, placesIn(group, seats, seatOf))
}

/** Puts entries whose seat counts as empty where the lookup table has them, for good. */
function rehome(
  group: readonly MemberGeneration[],
  seats: readonly MemberGeneration[],
  seatOf: Uint32Array,
  isEmpty: (seat: number) => boolean,
): void {
  const serving = oldestGenerations(group)
  const members = [...serving.keys()].toSorted((a, b) => a - b)
  const numbers = new Map(seats.map((seat, number) => [seatKey(seat), number]))
  const seatOfMember = new Map(
    [...serving].map(([member, slot]) => [member, numbers.get(seatKey(group[slot]!))!]),
  )
  for (const [entry, seat] of seatOf.entries())
    if (isEmpty(seat)) seatOf[entry] = seatOfMember.get(rendezvousMember(entry, members))!
}

/** [entries]: slot in the group */
function placesIn(
  group: readonly MemberGeneration[],
  seats: readonly MemberGeneration[],
  seatOf: Uint32Array,
): Uint16Array {
  const slots = slotsOf(group)
  const slotOfSeat = seats.map((seat) => slots.get(seatKey(seat)) ?? -1)
  return Uint16Array.from(seatOf, (seat) => slotOfSeat[seat]!)
}
