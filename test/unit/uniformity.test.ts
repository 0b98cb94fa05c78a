import { describe, expect, it } from 'vitest'
import { kolmogorovTail, testUniformity } from '../../src/stats/uniformity.js'

describe('the distribution of the Kolmogorov–Smirnov statistic', () => {
  // Miller, "Table of percentage points of Kolmogorov statistics" (JASA 51, 1956), two-sided: five digits of d.
  it.each([
    [1, 0.975, 0.05],
    [2, 0.84189, 0.05],
    [3, 0.7076, 0.05],
    [4, 0.62394, 0.05],
    [5, 0.56328, 0.05],
    [8, 0.45427, 0.05],
    [10, 0.40925, 0.05],
    [20, 0.29408, 0.05],
    [5, 0.66853, 0.01],
    [8, 0.54179, 0.01],
    [10, 0.48893, 0.01],
    [20, 0.35241, 0.01],
  ])('has the published points: n %i, d %f leaves %f', (n, d, tail) => {
    expect(kolmogorovTail(n, d - 5e-6)).toBeGreaterThan(tail - 1e-9)
    expect(kolmogorovTail(n, d + 5e-6)).toBeLessThan(tail + 1e-9)
  })

  // Marsaglia, Tsang & Wang, "Evaluating Kolmogorov's distribution" (J. Statistical Software 8, 2003).
  it('has the published value of K(10, 0.274)', () =>
    expect(1 - kolmogorovTail(10, 0.274)).toBeCloseTo(0.6284796154565043, 12))

  it('is what can be written down by hand for one value and for two', () => {
    // n 1: D = max(u, 1 − u), so P(D ≥ d) = 2 (1 − d). n 2, d ≥ 3/4: 2 (1 − d)².
    expect(kolmogorovTail(1, 0.7)).toBeCloseTo(0.6, 13)
    expect(kolmogorovTail(2, 0.8)).toBeCloseTo(0.08, 13)
    expect(kolmogorovTail(2, 0.25)).toBeCloseTo(1, 13)
  })

  it('begins at 1 and ends at 0', () => {
    expect(kolmogorovTail(8, 0)).toBe(1)
    expect(kolmogorovTail(8, 1 / 16)).toBeCloseTo(1, 13)
    expect(kolmogorovTail(8, 1)).toBe(0)
  })
})

describe('the test of uniformity', () => {
  it('finds the largest distance from the diagonal, on either side of a step', () => {
    expect(testUniformity([0.3, 0.1]).statistic).toBeCloseTo(0.7, 13)
    expect(testUniformity([0.9, 0.7]).statistic).toBeCloseTo(0.7, 13)
  })

  it('finds nothing in evenly spread values, and a crowd of small ones', () => {
    const even = Array.from({ length: 8 }, (_, i) => (i + 0.5) / 8)
    expect(testUniformity(even).pValue).toBeGreaterThan(0.999)
    expect(testUniformity(even.map((p) => p / 8)).pValue).toBeLessThan(1e-6)
  })

  it('refuses to judge nothing', () => expect(() => testUniformity([])).toThrow(RangeError))
})
