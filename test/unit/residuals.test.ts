import { describe, expect, it } from 'vitest'
import { binomialTwoSided } from '../../src/stats/binomial.js'
import { residuals } from '../../src/stats/residuals.js'

describe('the two-sided binomial p', () => {
  // min(1, 2 · scipy.stats.binom.cdf(n, N, p)) at or below the mean, min(1, 2 · binom.sf(n − 1, N, p)) above
  it.each([
    [0, 10, 1 / 4, 0.11262702941894537],
    [10, 10, 1 / 4, 1.9073486328125e-6],
    [6, 20, 1 / 4, 0.7656546912257909],
    [2600, 10_000, 1 / 4, 0.022032976758941513],
    [3000, 10_000, 1 / 4, 1.2299100008204263e-29],
    [6, 256, 1 / 256, 0.0011409757247886623],
    [1, 1, 1 / 2, 1],
    [250_000, 1_000_000, 1 / 4, 1],
    [0, 1, 1 / 256, 1],
  ])('of %d in %d at %f is %f', (successes, trials, probability, expected) => {
    expect(Math.abs(binomialTwoSided(successes, trials, probability) / expected - 1)).toBeLessThan(1e-10)
  })
})

describe('the residuals', () => {
  it('are 0 with p 1 for one member', () => {
    expect(residuals([42])).toEqual([{ residual: 0, residualPValue: 1 }])
  })

  it('are positive for a hot member, negative for a starved one, and sum to 0', () => {
    const found = residuals([30, 25, 25, 20]).map(({ residual }) => residual)
    expect(found[0]).toBeCloseTo(5 / Math.sqrt(25 * 0.75), 12)
    expect(found[3]).toBeCloseTo(-5 / Math.sqrt(25 * 0.75), 12)
    expect(found.reduce((sum, residual) => sum + residual, 0)).toBeCloseTo(0, 12)
  })

  it('single out the one member that is off', () => {
    const [hot, ...others] = residuals([3000, 2333, 2334, 2333])
    expect(hot!.residual).toBeCloseTo(500 / Math.sqrt(2500 * 0.75), 10)
    expect(hot!.residualPValue).toBeCloseTo(0, 20)
    expect(Math.abs(hot!.residualPValue / (4 * 1.2299100008204263e-29) - 1)).toBeLessThan(1e-9)
    for (const { residualPValue } of others) expect(residualPValue).toBeGreaterThan(1e-5)
  })

  it('do not call 6 flows at one of 256 members, where 1 is expected, a find: a normal tail would', () => {
    const counts = Array.from({ length: 256 }, (_, index) => (index === 0 ? 6 : index <= 250 ? 1 : 0))
    expect(residuals(counts)[0]!.residual).toBeGreaterThan(5)
    expect(residuals(counts)[0]!.residualPValue).toBeCloseTo(256 * 0.0011409757247886623, 9)
  })

  it('stay numbers when all flows are at one member', () => {
    const found = residuals([1_000_000, 0, 0, 0])
    expect(found[0]!.residualPValue).toBe(0)
    expect(found.every(({ residual }) => Number.isFinite(residual))).toBe(true)
  })
})
