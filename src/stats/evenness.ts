import { chiSquareLowerTail } from './chi-square.js'

/**
 * Upper bound on the probability that a fair hash spreads `flows` over `members` (≥ 2) at least as evenly as a χ²
 * statistic of `chiSquare` does.
 *
 * The lower tail of the χ² distribution alone is no such probability: counts are whole numbers, so the statistic
 * has few values near 0. Two members and 10,000 flows meet at 5000 : 5000 once in 125 runs, while χ² gives
 * that event 0. Seen as a vector, the counts are a point of the lattice A_(k−1), and every point of it within
 * radius r brings a cell that reaches at most r + R, with R = √(⌊k/2⌋⌈k/2⌉ / k) the covering radius
 * (Conway & Sloane, "Sphere Packings, Lattices and Groups", ch. 4 §6.1). So the χ² tail is taken at that radius.
 *
 * @param groups into so many alike parts flows and members are divided, so that each flow falls on its own part: squares of
 *   covering radii add up
 */
export function evennessTail(chiSquare: number, flows: number, members: number, groups = 1): number {
  const each = members / groups
  const half = Math.floor(each / 2)
  const coveringRadius = Math.sqrt((groups * half * (each - half)) / each)
  const radius = Math.sqrt(chiSquare) + coveringRadius * Math.sqrt(members / flows)
  return chiSquareLowerTail(radius ** 2, members - groups)
}
