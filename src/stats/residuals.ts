import { binomialTwoSided } from './binomial.js'
import { holmAdjust } from './holm.js'

/** How far one member is from its share of the flows, and how surprising that is among all members. */
export interface Residual {
  /** (n − E) / √(E (1 − 1/k)): positive for a hot member, negative for a starved one */
  residual: number
  /** two-sided p, Holm-adjusted over the members */
  residualPValue: number
}

/**
 * Residuals of `counts` (flows per member, at least one flow in all) under a fair hash, in the order of the members.
 * They are standardised by the standard deviation of one multinomial cell (Haberman, Biometrics 29, 1973); the p
 * comes from the exact binomial of that cell, which agrees with the normal at large E and is right at small E.
 */
export function residuals(counts: readonly number[]): Residual[] {
  const share = 1 / counts.length
  if (share === 1) return [{ residual: 0, residualPValue: 1 }]
  const flows = counts.reduce((sum, count) => sum + count, 0)
  const expected = flows * share
  const deviation = Math.sqrt(expected * (1 - share))
  const adjusted = holmAdjust(counts.map((count) => binomialTwoSided(count, flows, share)))
  return adjusted.map((residualPValue, index) => ({
    residual: (counts[index]! - expected) / deviation,
    residualPValue,
  }))
}
