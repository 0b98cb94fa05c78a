import { binomialTwoSided } from './binomial.js'
import { holmAdjust } from './holm.js'
import { partSums } from './part-sums.js'

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
 *
 * @param groups into so many parts of the same size the members are divided, in their order; each flow falls on its own part
 */
export function residuals(counts: readonly number[], groups = 1): Residual[] {
  const each = counts.length / groups
  const share = 1 / each
  if (share === 1) return counts.map(() => ({ residual: 0, residualPValue: 1 }))
  const flowsOf = partSums(counts, groups)
  const flows = (index: number): number => flowsOf[Math.floor(index / each)]!
  const adjusted = holmAdjust(counts.map((count, index) => binomialTwoSided(count, flows(index), share)))
  return adjusted.map((residualPValue, index) => {
    const expected = flows(index) * share
    const deviation = Math.sqrt(expected * (1 - share))
    return { residual: deviation > 0 ? (counts[index]! - expected) / deviation : 0, residualPValue }
  })
}
