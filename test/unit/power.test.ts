import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { analyseBalance } from '../../src/analysis/balance/balance.js'
import { detectableEffect, effectBeyondBound, flowsForEffect } from '../../src/stats/power.js'

/** Shares of four members, one of which has more, with this Cohen's w. */
const sharesOf = (w: number): number[] => {
  const more = (w * Math.sqrt(3)) / 4
  return [0.25 + more, ...Array.from({ length: 3 }, () => 0.25 - more / 3)]
}

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

describe('the power of the verdict', () => {
  // [flows, members, alpha, bound, w]: scipy.optimize.brentq on
  // scipy.stats.ncx2.sf(max(chi2.isf(alpha, df), df + N·bound²), df, N·w²) = 0.8
  it.each([
    [2000, 4, 0.01, 0.1, 0.12165338611231724],
    [10000, 4, 0.01, 0.1, 0.10895288464845777],
    [2000, 16, 0.01, 0.1, 0.12367843307099809],
    [1000, 4, 0.01, 0.05, 0.12432882690310136],
    [1000, 64, 0.05, 0.2, 0.2365442375312277],
    [100000, 4, 0.0001, 0.1, 0.10271271747310556],
    [2000, 2, 0.01, 0.1, 0.12128873055535856],
  ])(
    'of %d flows over %d members at alpha %f and bound %f is for w = %f',
    (flows, members, alpha, bound, w) =>
      expect(effectBeyondBound(flows, members, alpha, bound)).toBeCloseTo(w, 8),
  )

  it('is that of p where a skew within the bound is never significant', () =>
    expect(effectBeyondBound(500, 4, 0.01, 0.1)).toBeCloseTo(detectableEffect(500, 4, 0.01), 12))

  it('is always for more than the bound, and for little more where flows are many', () => {
    expect(effectBeyondBound(10_000_000, 4, 0.01, 0.1)).toBeGreaterThan(0.1)
    expect(effectBeyondBound(10_000_000, 4, 0.01, 0.1)).toBeLessThan(0.101)
  })

  it('has nothing to find among one member', () => expect(effectBeyondBound(1000, 1, 0.01, 0.1)).toBe(0))

  /** The share of runs with this verdict when one of four members has as many flows more. */
  function shareOf(verdicts: readonly string[], flows: number, w: number, seed: number): number {
    const random = xoroshiro128plus(seed)
    const shares = sharesOf(w)
    const upTo = shares.map((_, member) => shares.slice(0, member + 1).reduce((sum, share) => sum + share, 0))
    let found = 0
    for (let run = 0; run < RUNS; run++) {
      const counts = shares.map(() => 0)
      for (let flow = 0; flow < flows; flow++) {
        const place = (random.next() >>> 0) / 2 ** 32
        counts[
          Math.max(
            0,
            upTo.findIndex((bound) => place < bound),
          )
        ]!++
      }
      if (verdicts.includes(analyseBalance(counts, { seed: 1 }).balance.verdict)) found++
    }
    return found / RUNS
  }
  const RUNS = 1000
  /** Five standard errors, and 1.5 % for what the noncentral χ² is not exactly that of a multinomial. */
  const near = (share: number): number => 5 * Math.sqrt((share * (1 - share)) / RUNS) + 0.015

  it.each([2000, 4000])('is 80 % of simulated runs of %d flows at the w that it names', (flows) => {
    const { power } = analyseBalance([flows, 0, 0, 0], { seed: 1 }).balance
    expect(Math.abs(shareOf(['skewed'], flows, power.skewedW, flows) - 0.8)).toBeLessThan(near(0.8))
    const uneven = shareOf(['skewed', 'uneven-below-bound'], flows, power.detectableW, flows + 1)
    expect(Math.abs(uneven - 0.8)).toBeLessThan(near(0.8))
  })

  it('is less than that of p: what p shows in 80 % of runs is called skewed in far fewer, and never fair', () => {
    // w = 0.088 at 2000 flows
    const w = detectableEffect(2000, 4, 0.01)
    expect(w).toBeCloseTo(0.088, 3)
    const skewed = shareOf(['skewed'], 2000, w, 88)
    expect(Math.abs(skewed - 0.2636)).toBeLessThan(near(0.2636))
    expect(shareOf(['fair'], 2000, w, 88)).toBeLessThan(0.2 + near(0.2))
  })
})
