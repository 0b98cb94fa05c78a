import jstat from 'jstat'
import { describe, expect, it } from 'vitest'
import { chiSquareTail } from '../../src/stats/chi-square.js'
import { poolBalances } from '../../src/analysis/balance/pooled-balance.js'
import { detectableEffect, effectBeyondBound } from '../../src/stats/power.js'

const BOUND = 0.1
const repetition = (chiSquare: number, flows = 10_000) => ({ flows, chiSquare, degreesOfFreedom: 3 })

describe('repetitions together', () => {
  it('sum up χ² and degrees of freedom', () => {
    const pooled = poolBalances([repetition(1.2), repetition(5.3), repetition(2.5)], 1e-4, BOUND)
    expect(pooled).toMatchObject({ flows: 30_000, degreesOfFreedom: 9 })
    expect(pooled.chiSquare).toBeCloseTo(9, 12)
    expect(pooled.pValue).toBeCloseTo(1 - jstat.chisquare.cdf(9, 9), 10)
  })

  it('show a skew that no single one of them shows', () => {
    // χ² 11 over df 3 has p 0.012; eight times that has a p far below alpha.
    expect(chiSquareTail(11, 3)).toBeGreaterThan(0.01)
    const pooled = poolBalances(
      Array.from({ length: 8 }, () => repetition(11)),
      1e-4,
      BOUND,
    )
    expect(pooled.pValue).toBeLessThan(1e-7)
    expect(pooled.skewW).toBeCloseTo(Math.sqrt((88 - 24) / 80_000), 12)
  })

  it('have no effect beyond chance where χ² is below its degrees of freedom', () =>
    expect(poolBalances([repetition(2)], 1e-4, BOUND).skewW).toBe(0))

  it('of one are the test of that one', () => {
    const pooled = poolBalances([repetition(7.8)], 0.01, BOUND)
    expect(pooled.pValue).toBeCloseTo(chiSquareTail(7.8, 3), 14)
    expect(pooled.detectableW).toBeCloseTo(detectableEffect(10_000, 4, 0.01), 12)
    expect(pooled.skewedW).toBeCloseTo(effectBeyondBound(10_000, 4, 0.01, BOUND), 12)
  })

  it('see smaller effects than one, and fewer with a stricter alpha', () => {
    const eight = Array.from({ length: 8 }, () => repetition(3))
    expect(poolBalances(eight, 1e-4, BOUND).detectableW).toBeLessThan(
      poolBalances([repetition(3)], 1e-4, BOUND).detectableW,
    )
    expect(poolBalances(eight, 1e-4, BOUND).detectableW).toBeGreaterThan(
      poolBalances(eight, 0.01, BOUND).detectableW,
    )
  })
})
