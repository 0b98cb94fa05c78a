/**
 * What members of one and the same capacity would deliver of what is offered to each: all of it up to that capacity,
 * which is the one at which together they deliver `delivered`. Flows that are unequal make unequal losses in an
 * overload; only what is left beyond that can be laid at the door of a member.
 *
 * @param offered per member, in requests
 * @param delivered by all members together, in requests
 */
export function deliveredAtEqualCapacity(offered: readonly number[], delivered: number): number[] {
  const ascending = offered.toSorted((a, b) => a - b)
  let rest = delivered
  let capacity = Infinity
  // Whoever is offered less than an equal part of what is left to give delivers all of it.
  for (const [i, least] of ascending.entries()) {
    const equalPart = rest / (ascending.length - i)
    if (least >= equalPart) {
      capacity = equalPart
      break
    }
    rest -= least
  }
  return offered.map((count) => Math.min(count, capacity))
}
