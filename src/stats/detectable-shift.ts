import { chiSquareQuantile } from './chi-square.js'
import type { ShiftInterval } from './shift.js'

/** The usual demand on a test (Cohen, "Statistical Power Analysis", 1988). */
const POWER = 0.8

/** The standard deviations that a normal value exceeds in so many cases, on either side. */
const deviations = (twoSided: number): number => Math.sqrt(chiSquareQuantile(twoSided, 1))

/**
 * The smallest shift that samples such as these show as significant at `alpha` in 4 of 5 cases, as far as their estimate is
 * about normal: half of what `interval`, at that alpha, spans on its wider side is the standard error times the normal quantile
 * of alpha, and to be found so often a shift must exceed that by the quantile of the power.
 */
export function detectableShift(estimate: number, { lower, upper }: ShiftInterval, alpha: number): number {
  const reach = Math.max(estimate - lower, upper - estimate)
  return reach * (1 + deviations(2 * (1 - POWER)) / deviations(alpha))
}
