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

/** Weights in ascending order: millions of flows have few different ones, so each stands once, with how many there are of it. */
export interface Weights {
  weight: Float64Array
  times: Float64Array
}

/** Weights below this that are whole numbers are counted in an array, others in a map. */
const FEW = 2 ** 12

/** Those of them that are above 0. */
export function countWeights(all: ArrayLike<number>): Weights {
  const few = new Float64Array(FEW)
  const others = new Map<number, number>()
  for (let i = 0; i < all.length; i++) {
    const weight = all[i]!
    if (weight < FEW && Number.isInteger(weight)) few[weight]!++
    else others.set(weight, (others.get(weight) ?? 0) + 1)
  }
  few.forEach((times, weight) => times > 0 && weight > 0 && others.set(weight, times))
  const weight = Float64Array.from(others.keys()).toSorted()
  return { weight, times: weight.map((one) => others.get(one)!) }
}

/** How many weights there are. */
export const countOf = ({ times }: Weights): number => times.reduce((sum, one) => sum + one, 0)

/** The middle weight, or the mean of the two in the middle; NaN of none. */
export function medianWeight(weights: Weights): number {
  const count = countOf(weights)
  const at = (rank: number): number => {
    let below = 0
    return weights.weight.find((_, i) => (below += weights.times[i]!) > rank) ?? Number.NaN
  }
  return (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2
}

/** The heaviest of them, up to `most`, ascending; and the others. */
function split({ weight, times }: Weights, most: number): { heaviest: Float64Array; others: Weights } {
  const left = times.slice()
  const heaviest: number[] = []
  for (let i = weight.length - 1; i >= 0 && heaviest.length < most; i--)
    while (left[i]! > 0 && heaviest.length < most) {
      heaviest.push(weight[i]!)
      left[i]!--
    }
  return { heaviest: Float64Array.from(heaviest.toReversed()), others: { weight, times: left } }
}

/**
 * The CV of packets per member that a fair hash gives to flows of these weights (packets per flow, above
 * 0, at least one) over `members` (≥ 1): expected value, and what 95 % and 99 % of fair runs stay under.
 *
 * CV² · F_eff has mean k − 1 exactly, and is χ² with k − 1 degrees of freedom where no flow weighs much of the
 * whole; elsewhere seeded draws of these weights are used. The same arguments give the same result.
 */
export function fairCvOfWeights(weights: Weights, members: number, seed: number): Band {
  const { sum, squares } = moments(weights)
  const effective = sum ** 2 / squares
  const heaviest = weights.weight.at(-1)!
  if (squares / heaviest ** 2 >= LEAST_PER_MEMBER * members) return fairCv(effective, members)
  return fairCv(effective, members, fairWeightedSpreads(weights, members, seed))
}

/** CV² · F_eff of seeded draws that give each flow to a member at random, ascending. See `fairCvOfWeights`. */
export function fairWeightedSpreads(weights: Weights, members: number, seed: number): Float64Array {
  const random = generatorOf(seed)
  random.jump() // neighbouring seeds differ in few bits of the first state; the jump parts their streams
  const { heaviest: placed, others } = split(weights, PLACED)
  const rest = moments(others)
  const { sum, squares } = moments(weights)
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
export function moments({ weight, times }: Weights): { sum: number; squares: number } {
  let sum = 0
  let squares = 0
  for (let i = 0; i < weight.length; i++) {
    sum += weight[i]! * times[i]!
    squares += weight[i]! ** 2 * times[i]!
  }
  return { sum, squares }
}

/** Box and Muller (Annals of Mathematical Statistics 29, 1958), one of its two values. */
function standardNormal(random: { next(): number }): number {
  const radius = Math.sqrt(-2 * Math.log(((random.next() >>> 0) + 1) / 2 ** 32))
  return radius * Math.cos((2 * Math.PI * (random.next() >>> 0)) / 2 ** 32)
}
