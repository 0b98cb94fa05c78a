import { fairBand } from '../stats/fair-band.js'
import type { SelectionRule } from './lookup.js'

export interface Spread {
  /** largest share of flows at one member over the mean one: expected, and what 95 % and 99 % of draws stay under */
  readonly maxOverMean: { expected: number; p95: number; p99: number }
  /** probability that at least one member gets no flow at all */
  readonly idleMemberProbability: number
}

/**
 * How `flows` (≥ 1) flows spread over `members` (≥ 1) before anything is sent. Rules `3.9` and `4.5` give each flow
 * an equal, independent chance at every member (see `fairBand`); under `3.8` one member gets all of them.
 */
export function predictSpread(rule: SelectionRule, members: number, flows: number): Spread {
  if (rule === '3.8') {
    return {
      maxOverMean: { expected: members, p95: members, p99: members },
      idleMemberProbability: members > 1 ? 1 : 0,
    }
  }
  return {
    maxOverMean: fairBand(flows, members).maxOverMean,
    idleMemberProbability: idleMemberProbability(members, flows),
  }
}

/** Expected idle members up to which inclusion–exclusion loses at most one digit to cancellation. */
const FEW_IDLE = 1
/** P(none idle) ≤ e^−(expected idle), as emptiness is negatively associated; e^−40 vanishes beside 1. */
const MANY_IDLE = 40
/** Probabilities below this are left out: what is lost in all steps together stays under 1e-13. */
const NEGLIGIBLE = 1e-20

/**
 * P(at least one of k members gets none of N flows), exact but for rounding (Feller, An Introduction to Probability
 * Theory and Its Applications, vol. 1, § IV.2). Inclusion–exclusion cancels itself to nothing where many members are
 * idle; there the number of members reached is followed flow by flow, which only ever adds.
 *
 * @param members k ≥ 1
 * @param flows N ≥ 1
 */
export function idleMemberProbability(members: number, flows: number): number {
  if (flows < members) return 1
  if (members === 1) return 0
  const expectedIdle = members * Math.exp(flows * Math.log1p(-1 / members))
  if (expectedIdle > MANY_IDLE) return 1
  return expectedIdle <= FEW_IDLE ? byInclusionExclusion(members, flows) : byOccupancy(members, flows)
}

/** Σ_{j≥1} (−1)^(j+1) C(k, j) (1 − j/k)^N */
function byInclusionExclusion(members: number, flows: number): number {
  let probability = 0
  let logChoose = 0
  for (let j = 1; j < members; j++) {
    logChoose += Math.log((members - j + 1) / j)
    const term = Math.exp(logChoose + flows * Math.log1p(-j / members))
    probability += j % 2 === 1 ? term : -term
    if (term < probability * Number.EPSILON) break
  }
  return probability
}

/** The distribution of the number of members reached, one flow after another, over the numbers that matter. */
function byOccupancy(members: number, flows: number): number {
  const reached = new Float64Array(members + 1)
  reached[0] = 1
  let low = 0
  let high = 0
  for (let flow = 1; flow <= flows; flow++) {
    high = Math.min(members, high + 1)
    for (let count = high; count > low; count--) {
      reached[count] = (reached[count]! * count + reached[count - 1]! * (members - count + 1)) / members
    }
    reached[low] = (reached[low]! * low) / members
    while (low < members && reached[low]! < NEGLIGIBLE) reached[low++] = 0
    while (high > low && reached[high]! < NEGLIGIBLE) reached[high--] = 0
  }
  let allReached = 0
  let someIdle = 0
  for (let count = low; count <= high; count++) {
    if (count === members) allReached = reached[count]!
    else someIdle += reached[count]!
  }
  return someIdle / (someIdle + allReached)
}
