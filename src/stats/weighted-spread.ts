import { generatorOf } from './random.js'
import type { Band } from './extremes.js'
import { fairCv } from './fair-band.js'

const DRAWS = 10_000

/**
 * Flows that each draw places one by one: with the draws above, 20 million placements, a fraction of a second. The
 * others enter as their normal limit. That limit is safe: none of them is heavier than any of these, so
 * each has less than 1/2000 of the variance.
 */
const PLACED = 2000

/**
 * From this many flows per member on the χ² distribution is used. Flows of unequal weight count as Σw² / max w²: no
 * single flow then has more of the variance than among that many equal ones, which is what the limit theorem
 * rests on. Cochran's 5, taken four times, since it is the 99 % point that is read.
 */
const LEAST_PER_MEMBER = 20

/**
 * The CV of packets per member that a fair hash gives to flows of these weights (packets per flow, ascending, above
 * 0, at least one) over `members` (≥ 1): expected value, and what 95 % and 99 % of fair runs stay under.
 *
 * CV² · F_eff has mean k − 1 exactly, and is χ² with k − 1 degrees of freedom where no flow weighs much of the
 * whole; elsewhere seeded draws of these weights are used. The same arguments give the same result.
 */
export function fairCvOfWeights(ascending: Float64Array, members: number, seed: number): Band {
  const { sum, squares } = moments(ascending)
  const effective = sum ** 2 / squares
  const heaviest = ascending.at(-1)!
  if (squares / heaviest ** 2 >= LEAST_PER_MEMBER * members) return fairCv(effective, members)
  return fairCv(effective, members, fairWeightedSpreads(ascending, members, seed))
}

/** CV² · F_eff of seeded draws that give each flow to a member at random, ascending. See `fairCvOfWeights`. */
export function fairWeightedSpreads(ascending: Float64Array, members: number, seed: number): Float64Array {
  const random = generatorOf(seed)
  random.jump() // neighbouring seeds differ in few bits of the first state; the jump parts their streams
  const placed = ascending.subarray(Math.max(0, ascending.length - PLACED))
  const rest = moments(ascending.subarray(0, ascending.length - placed.length))
  const { sum, squares } = moments(ascending)
  const perMember = new Float64Array(members)
  const perWord = members / 2 ** 32
  // Independent normals less their mean have the covariance of a multinomial with equal cells.
  const deviation = Math.sqrt(rest.squares / members)
  const spreads = new Float64Array(DRAWS)
  for (let draw = 0; draw < DRAWS; draw++) {
    let meanNormal = 0
    for (let m = 0; m < members; m++) {
      const normal = deviation === 0 ? 0 : deviation * standardNormal(random)
      perMember[m] = normal
      meanNormal += normal / members
    }
    for (let flow = 0; flow < placed.length; flow++)
      perMember[Math.floor((random.next() >>> 0) * perWord)]! += placed[flow]!
    let squaresOfMembers = 0
    for (let m = 0; m < members; m++)
      squaresOfMembers += (perMember[m]! - meanNormal + rest.sum / members) ** 2
    // CV² = k ΣP² / (ΣP)² − 1
    spreads[draw] = (members * squaresOfMembers - sum ** 2) / squares
  }
  return spreads.toSorted()
}

/** Σw and Σw². */
export function moments(weights: Float64Array): { sum: number; squares: number } {
  let sum = 0
  let squares = 0
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!
    squares += weights[i]! ** 2
  }
  return { sum, squares }
}

/** Box and Muller (Annals of Mathematical Statistics 29, 1958), one of its two values. */
function standardNormal(random: { next(): number }): number {
  const radius = Math.sqrt(-2 * Math.log(((random.next() >>> 0) + 1) / 2 ** 32))
  return radius * Math.cos((2 * Math.PI * (random.next() >>> 0)) / 2 ** 32)
}
