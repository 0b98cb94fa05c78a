import type { TakenBalance } from '../../result/run-result.js'
import {
  countOf,
  countWeights,
  fairCvOfWeights,
  medianWeight,
  moments,
  type Weights,
} from '../../stats/weighted-spread.js'

interface TakenBalanceInput {
  /** [flows]: packets sent on each flow; flows on which nothing was sent carry no weight */
  sentPerFlow: ArrayLike<number>
  /** [flows]: index of the member that answered the flow, −1 while unknown */
  memberOfFlow: ArrayLike<number>
  /** [members]: packets that each member itself counted as taken */
  takenPerMember: readonly number[]
  /** of the Monte-Carlo draws; the same seed gives the same result */
  seed: number
}

/**
 * How packets spread over the members, beside what a fair hash would give these very flows. Descriptive: packets of
 * one flow go together, so nothing here is a test of the hash; that is `analyseBalance`, on flows.
 *
 * The verdict compares the coefficient of variation (CV) of packets per member with two bounds, each of which a fair
 * hash keeps in 99 % of runs: that of as many flows of equal weight (`even` within it), and that of flows
 * with these weights (`heavy-flows` within it). What is beyond both is `unexplained`: a skewed hash, packets lost at one
 * member, or a member slower than the others.
 *
 * The last is why weights alone do not acquit. In a closed loop a fast member's flows get more turns, so they are heavy
 * because of their member, and a hash that deals weights out at random is no model of that. Therefore the spread
 * must also go when the flows above the median are cut down to it: what is heavy by itself vanishes with
 * its excess, while a whole member's advantage, which all of its flows share, stays.
 *
 * Throws RangeError when no member took a packet or no flow sent one.
 */
export function analyseTakenBalance(input: TakenBalanceInput): TakenBalance {
  const { sentPerFlow, takenPerMember, seed } = input
  const members = takenPerMember.length
  const weights = countWeights(sentPerFlow)
  const cv = coefficientOfVariation(takenPerMember)
  if (weights.weight.length === 0 || Number.isNaN(cv))
    throw new RangeError('packet balance needs packets, sent and taken')

  const { sum, squares } = moments(weights)
  const fairCv = fairCvOfWeights(weights, members, seed)
  const fairCvOfEqual = fairCvOfWeights(
    { weight: Float64Array.of(1), times: Float64Array.of(countOf(weights)) },
    members,
    seed,
  )
  const explained = (): boolean => cv <= fairCv.p99 && vanishesWithExcess(input, weights, cv)
  return {
    cv,
    effectiveFlows: sum ** 2 / squares,
    fairCv,
    verdict: cv <= fairCvOfEqual.p99 ? 'even' : explained() ? 'heavy-flows' : 'unexplained',
  }
}

/**
 * Whether the spread goes once no flow weighs more than the median: to what is fair for such weights, or to less than
 * half, so that most of it (in squares, three quarters) was the excess.
 */
function vanishesWithExcess(
  { sentPerFlow, memberOfFlow, takenPerMember, seed }: TakenBalanceInput,
  weights: Weights,
  cv: number,
): boolean {
  const median = medianWeight(weights)
  const perMember = takenPerMember.map(() => 0)
  for (let flow = 0; flow < memberOfFlow.length; flow++) {
    const member = memberOfFlow[flow]!
    if (member >= 0) perMember[member]! += Math.min(sentPerFlow[flow]!, median)
  }
  const rest = coefficientOfVariation(perMember)
  if (rest <= cv / 2) return true
  const capped = { ...weights, weight: weights.weight.map((weight) => Math.min(weight, median)) }
  return rest <= fairCvOfWeights(capped, perMember.length, seed).p99
}

/** Population standard deviation over mean; NaN when all are 0. */
function coefficientOfVariation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return Math.sqrt(variance) / mean
}
