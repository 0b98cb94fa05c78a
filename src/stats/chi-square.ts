import { bisect } from './bisection.js'
import { logPoisson, logRegularisedGamma } from './gamma.js'

/** Expected counts from which on the χ² distribution is trusted (Cochran, Biometrics 10, 1954; docs/method.md). */
export const LEAST_EXPECTED = 5

/**
 * Pearson's statistic Σ (n_i − E)² / E of `counts` (flows per member, at least one flow in all) against the
 * equal expectation E = N / k.
 */
export function chiSquareStatistic(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2, 0) / expected
}

/** P(χ² ≥ x) for x ≥ 0 and df ≥ 1 degrees of freedom: the p-value. Relative error ≤ 1e-10 down to 1e-300. */
export function chiSquareTail(x: number, df: number): number {
  return Math.exp(logRegularisedGamma(df / 2, x / 2).logUpper)
}

/** P(χ² ≤ x): the other side, computed as itself, since 1 − tail has lost its digits where it is small. */
export function chiSquareLowerTail(x: number, df: number): number {
  return Math.exp(logRegularisedGamma(df / 2, x / 2).logLower)
}

/** The x ≥ 0 that χ² with df ≥ 1 degrees of freedom exceeds with probability `tail` (0 < tail ≤ 1). */
export function chiSquareQuantile(tail: number, df: number): number {
  const logTail = Math.log(tail)
  return bisect((x) => logRegularisedGamma(df / 2, x / 2).logUpper > logTail, df)
}

/** Standard deviations of the Poisson mixture below which no weight is worth adding (e^−50 of the whole). */
const MIXTURE_REACH = 10

/**
 * P(χ'² ≥ x) of the noncentral χ² with df ≥ 1 degrees of freedom and noncentrality λ ≥ 0, to an absolute 1e-12:
 * what the power of a test needs, not a far tail. The mixture Σ_j Poisson(j; λ/2) · Q(df/2 + j, x/2)
 * (Patnaik 1949), with Q(a + 1, y) = Q(a, y) + y^a e^−y / Γ(a + 1), so that only positive terms are added.
 */
export function noncentralChiSquareTail(x: number, df: number, noncentrality: number): number {
  const y = x / 2
  const rate = noncentrality / 2
  const reach = MIXTURE_REACH * Math.sqrt(rate) + MIXTURE_REACH
  const first = Math.max(0, Math.floor(rate - reach))
  let weight = Math.exp(logPoisson(first, rate))
  let upper = Math.exp(logRegularisedGamma(df / 2 + first, y).logUpper)
  let density = Math.exp(logPoisson(df / 2 + first, y))
  let tail = 0
  for (let j = first; j <= rate + 2 * reach; j++) {
    tail += weight * upper
    upper += density
    density *= y / (df / 2 + j + 1)
    weight *= rate / (j + 1)
  }
  return Math.min(1, tail)
}
