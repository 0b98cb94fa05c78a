import { reciprocalScale } from '../../kernel/reciprocal-scale.js'
import type { HashPlacement } from '../../result/run-result.js'

/** A flow's first member, −1 while unknown, and whether it was seen at another too. */
interface PlacedFlow {
  member: number
  moved: boolean
}

/**
 * Whether flows are where the kernel's rule puts them: at index `reciprocal_scale(hash, n)` of the group's array.
 *
 * @param hashes u32 of each flow, undefined where it was not seen
 * @param n members, in the order of the array
 */
export function analysePlacement(
  flows: readonly PlacedFlow[],
  hashes: readonly (number | undefined)[],
  n: number,
): HashPlacement {
  let observed = 0
  let predicted = 0
  for (const [i, { member, moved }] of flows.entries()) {
    const hash = hashes[i]
    if (hash === undefined || member < 0) continue
    observed++
    if (!moved && reciprocalScale(hash, n) === member) predicted++
  }
  return { observed, predicted }
}
