import { describe, expect, it } from 'vitest'
import { detectableEffect, flowsForEffect } from '../../src/stats/power.js'

describe('the power of the χ² test', () => {
  // [members, alpha, λ]: scipy.optimize.brentq on scipy.stats.ncx2.sf(chi2.isf(alpha, df), df, λ) = 0.8.
  // Cohen (1988) has 785 flows for w = 0.1, alpha 0.05, df 1, and 1090 for df 3.
  it.each([
    [2, 0.05, 7.848860509326205],
    [2, 0.01, 11.678968148570748],
    [4, 0.01, 15.457657199101241],
    [16, 0.01, 25.43320968278576],
    [64, 0.01, 43.82210221725602],
    [256, 0.01, 79.90381059012351],
    [4, 0.05, 10.902563290133262],
    [4, 1e-6, 38.53782448530111],
  ])('over %d members at alpha %f needs N·w² = %f', (members, alpha, noncentrality) => {
    expect(detectableEffect(1, members, alpha) ** 2).toBeCloseTo(noncentrality, 6)
    expect(flowsForEffect(0.1, members, alpha)).toBe(Math.ceil(noncentrality * 100))
  })

  it('finds half the skew with four times the flows', () => {
    expect(detectableEffect(40_000, 4, 0.01)).toBeCloseTo(detectableEffect(10_000, 4, 0.01) / 2, 12)
  })

  it('has nothing to find among one member', () => {
    expect(detectableEffect(1000, 1, 0.01)).toBe(0)
    expect(flowsForEffect(0.1, 1, 0.01)).toBe(0)
  })

  it('is there from the start when alpha is no bar', () => {
    expect(detectableEffect(1000, 4, 0.9)).toBe(0)
  })
})
