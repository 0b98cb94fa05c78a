import type { Balance } from '../../result/run-result.js'
import { chiSquareStatistic, chiSquareTail, LEAST_EXPECTED } from '../../stats/chi-square.js'
import { evennessTail } from '../../stats/evenness.js'
import { fairBand } from '../../stats/fair-band.js'
import { fairChiSquares, monteCarloTails } from '../../stats/monte-carlo.js'
import { detectableEffect, effectBeyondBound, flowsForEffect } from '../../stats/power.js'
import { partSums } from '../../stats/part-sums.js'
import { type Residual, residuals } from '../../stats/residuals.js'
import type { FlowPlacement } from './flow-placement.js'

/**
 * Flows count as too even when a fair hash would be as even less than once in 10,000 runs. Skew has to pass an
 * effect bound as well as alpha; evenness has no size from which on it matters, so its p alone must keep false
 * alarms rare. A proxy or a round robin puts χ² next to 0 and is found as soon as there are flows enough that
 * chance would not do the same. And it is the least that 10,000 Monte-Carlo draws can show.
 */
const TOO_EVEN = 1e-4

/** Cohen's w up to which skew does not matter, where nobody says otherwise. */
export const EFFECT_BOUND_W = 0.1

interface BalanceOptions {
  /** of the Monte-Carlo test; the same seed gives the same result */
  seed: number
  /** significance level, 0 < alpha < 1; 0.01 by default */
  alpha?: number
  /** Cohen's w (> 0) up to which skew does not matter; EFFECT_BOUND_W by default */
  effectBoundW?: number
  /** how the counts are known; each flow's answer says it by default */
  placement?: Omit<FlowPlacement, 'counts'>
  /**
   * groups of the same size that the members are divided into, in their order, each flow hashing within its own: those of the
   * shards of a plan; 1 by default
   */
  groups?: number
}

const ALL_ANSWERED = { basis: 'answered', unansweredShare: 0, known: true } as const

/** The two tails of the test of a fair hash, and where they come from. */
interface BalanceTest {
  pValue: number
  /** probability, or an upper bound on it, that a fair hash is at least as even */
  evenTail: number
  /** χ² statistics of fair draws, ascending, where the test needed them */
  fairDraws?: Float64Array
}

/**
 * How evenly `counts`, the flows of each member, are spread, against what a fair hash gives at this number of
 * flows and members; the residuals are in the order of the members.
 *
 * Throws RangeError without members or flows (there is no balance then) and for options out of range.
 */
export function analyseBalance(
  counts: readonly number[],
  options: BalanceOptions,
): { balance: Balance; residuals: Residual[] } {
  const { seed, alpha = 0.01, effectBoundW = EFFECT_BOUND_W, placement = ALL_ANSWERED, groups = 1 } = options
  const members = counts.length
  const flows = counts.reduce((sum, count) => sum + count, 0)
  if (!(flows > 0)) throw new RangeError('balance needs at least one member and one flow')
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must be between 0 and 1, not ${alpha}`)
  if (!(effectBoundW > 0)) throw new RangeError(`effectBoundW must be above 0, not ${effectBoundW}`)

  const mean = flows / members
  const chiSquare = chiSquareOf(counts, groups)
  const degreesOfFreedom = members - groups
  // The power of a χ² test depends on its degrees of freedom and on flows, however the cells are grouped.
  const cells = degreesOfFreedom + 1
  const { pValue, evenTail, fairDraws } = testFairness(chiSquare, flows, members, seed, groups)
  const cv = Math.sqrt(chiSquare / flows)
  const skewW = effectBeyondChance(chiSquare, degreesOfFreedom, flows)
  const detectableW = detectableEffect(flows, cells, alpha)
  const balance: Balance = {
    flows,
    members,
    flowsPerMember: [...counts],
    basis: placement.basis,
    unansweredShare: placement.unansweredShare,
    chiSquare,
    degreesOfFreedom,
    ...(groups > 1 && { groups }),
    pValue,
    method: fairDraws === undefined ? 'chi-square' : 'monte-carlo',
    ...(fairDraws !== undefined && { draws: fairDraws.length }),
    maxOverMean: counts.reduce((most, count) => Math.max(most, count), 0) / mean,
    minOverMean: counts.reduce((least, count) => Math.min(least, count), flows) / mean,
    cv,
    cramersV: members === groups ? 0 : cv / Math.sqrt(members / groups - 1),
    jain: 1 / (1 + cv ** 2),
    fairBand: fairBand(flows, members, fairDraws, groups),
    power: {
      skewedW: effectBeyondBound(flows, cells, alpha, effectBoundW),
      detectableW,
      flowsForEffectBound: flowsForEffect(effectBoundW, cells, alpha),
    },
    alpha,
    effectBoundW,
    verdict: verdict({
      known: placement.known,
      significant: pValue < alpha,
      beyondBound: skewW > effectBoundW,
      tooEven: evenTail < TOO_EVEN,
      underpowered: detectableW > effectBoundW,
    }),
  }
  return { balance, residuals: residuals(counts, groups) }
}

/**
 * Cohen's w of a χ² statistic over `flows`, without what chance alone adds: about df/N to w². Otherwise many
 * members or few flows would pass a bound by noise.
 */
export function effectBeyondChance(chiSquare: number, degreesOfFreedom: number, flows: number): number {
  return Math.sqrt(Math.max(0, chiSquare - degreesOfFreedom) / flows)
}

/** χ² of members against an even spread of the flows of their group, summed over groups (Cochran, Biometrics 10, 1954). */
function chiSquareOf(counts: readonly number[], groups: number): number {
  const each = counts.length / groups
  return partSums(counts, groups).reduce(
    (sum, flows, group) =>
      flows === 0 ? sum : sum + chiSquareStatistic(counts.slice(group * each, (group + 1) * each)),
    0,
  )
}

function testFairness(
  chiSquare: number,
  flows: number,
  members: number,
  seed: number,
  groups: number,
): BalanceTest {
  if (members === groups) return { pValue: 1, evenTail: 1 }
  if (flows >= LEAST_EXPECTED * members) {
    return {
      pValue: chiSquareTail(chiSquare, members - groups),
      evenTail: evennessTail(chiSquare, flows, members, groups),
    }
  }
  const fairDraws = fairChiSquares(flows, members, seed, groups)
  const { upper, lower } = monteCarloTails(chiSquare, fairDraws)
  return { pValue: upper, evenTail: lower, fairDraws }
}

/**
 * `fair` says that these flows would probably have shown a skew of the size of the effect bound, and showed none. A
 * skew that is significant and within the bound is `uneven-below-bound`: with very many flows one of no consequence is
 * significant too, so it is no alarm, but it is not what a fair hash gives either.
 */
function verdict(found: {
  known: boolean
  significant: boolean
  beyondBound: boolean
  tooEven: boolean
  underpowered: boolean
}): Balance['verdict'] {
  if (!found.known) return 'unknown'
  if (found.significant) return found.beyondBound ? 'skewed' : 'uneven-below-bound'
  if (found.tooEven) return 'too-even'
  return found.underpowered ? 'underpowered' : 'fair'
}
