import type { Balance } from '../../result/run-result.js'
import { effectBeyondChance } from './balance.js'
import { chiSquareTail } from '../../stats/chi-square.js'
import { detectableEffect, effectBeyondBound } from '../../stats/power.js'

/** What all repetitions together say of a fair hash. */
export interface PooledBalance {
  flows: number
  /** Σ χ² over the repetitions, and Σ df */
  chiSquare: number
  degreesOfFreedom: number
  pValue: number
  /** Cohen's w beyond what chance adds, root mean square over the flows of all repetitions */
  skewW: number
  /** smallest w, alike in all repetitions, that is both significant at alpha and beyond the bound in 80 % of cases */
  skewedW: number
  /** the smallest that is significant at alpha in 80 % of cases */
  detectableW: number
}

/**
 * Pools the χ² tests of independent repetitions (at least one, with five flows or more expected per member): the sum
 * of χ² statistics is χ² distributed with the sum of their degrees of freedom (Cochran, Biometrics 10, 1954).
 * It does not ask whether the repetitions are skewed towards the same member.
 */
export function poolBalances(
  repetitions: readonly Pick<Balance, 'flows' | 'chiSquare' | 'degreesOfFreedom'>[],
  alpha: number,
  effectBoundW: number,
): PooledBalance {
  const total = (key: 'flows' | 'chiSquare' | 'degreesOfFreedom'): number =>
    repetitions.reduce((sum, repetition) => sum + repetition[key], 0)
  const [flows, chiSquare, degreesOfFreedom] = [total('flows'), total('chiSquare'), total('degreesOfFreedom')]
  return {
    flows,
    chiSquare,
    degreesOfFreedom,
    pValue: chiSquareTail(chiSquare, degreesOfFreedom),
    skewW: effectBeyondChance(chiSquare, degreesOfFreedom, flows),
    // The power of a χ² test depends on its degrees of freedom and on flows, however the cells are grouped.
    skewedW: effectBeyondBound(flows, degreesOfFreedom + 1, alpha, effectBoundW),
    detectableW: detectableEffect(flows, degreesOfFreedom + 1, alpha),
  }
}
