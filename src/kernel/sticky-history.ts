import { applyStep, lifeKey, slotsOf } from './group-array.js'
import type { Life, Step } from './group-array.js'
import { placementWeights } from './remap.js'
import type { FlowWeights } from './remap.js'
import { rendezvousMember, TABLE_ENTRIES } from './rendezvous.js'
import { oldestGenerations } from './steering-model.js'

/** What happened to a group since it began, the change in question last. */
export interface GroupHistory {
  /** as it began */
  readonly start: readonly Life[]
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
  const lives: Life[] = [...start]
  const lifeOf = new Uint32Array(TABLE_ENTRIES)
  let group: readonly Life[] = start
  rehome(group, lives, lifeOf, () => true)
  let before = placesIn(group, lives, lifeOf)
  for (const steps of changes) {
    before = placesIn(group, lives, lifeOf)
    for (const [i, step] of steps.entries()) {
      group = applyStep('4.5', group, step)
      if (step.action === 'start') lives.push({ member: step.member, generation: step.generation })
      if (group.length === 0 || (sending === 'between-changes' && i < steps.length - 1)) continue
      const here = slotsOf(group)
      const gone = lives.map((life) => !here.has(lifeKey(life)))
      rehome(group, lives, lifeOf, (life) => gone[life]!)
    }
  }
  return placementWeights(before, placesIn(group, lives, lifeOf))
}

/** Puts entries whose life counts as empty where the lookup table has them, for good. */
function rehome(
  group: readonly Life[],
  lives: readonly Life[],
  lifeOf: Uint32Array,
  isEmpty: (life: number) => boolean,
): void {
  const serving = oldestGenerations(group)
  const members = [...serving.keys()].toSorted((a, b) => a - b)
  const numbers = new Map(lives.map((life, number) => [lifeKey(life), number]))
  const lifeOfMember = new Map(
    [...serving].map(([member, slot]) => [member, numbers.get(lifeKey(group[slot]!))!]),
  )
  for (const [entry, life] of lifeOf.entries())
    if (isEmpty(life)) lifeOf[entry] = lifeOfMember.get(rendezvousMember(entry, members))!
}

/** [entries]: slot in the group */
function placesIn(group: readonly Life[], lives: readonly Life[], lifeOf: Uint32Array): Uint16Array {
  const slots = slotsOf(group)
  const slotOfLife = lives.map((life) => slots.get(lifeKey(life)) ?? -1)
  return Uint16Array.from(lifeOf, (life) => slotOfLife[life]!)
}
