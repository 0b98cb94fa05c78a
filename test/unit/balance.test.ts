import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { analyseBalance } from '../../src/analysis/balance/balance.js'
import { evennessTail } from '../../src/stats/evenness.js'
import { balance as schema } from '../../src/result/balance.js'

/** z of a two-sided 1e-7. */
const Z = 5.33

function fairCounts(flows: number, members: number, random: { next(): number }): number[] {
  const counts = Array.from({ length: members }, () => 0)
  for (let flow = 0; flow < flows; flow++) {
    counts[Math.floor(((random.next() >>> 0) * members) / 2 ** 32)]! += 1
  }
  return counts
}

function verdict(counts: number[], options: { alpha?: number; effectBoundW?: number } = {}): string {
  return analyseBalance(counts, { seed: 1, ...options }).balance.verdict
}

describe('the effect sizes', () => {
  const { balance } = analyseBalance([300, 250, 250, 200], { seed: 1 })

  it('are the definitions of docs/method.md', () => {
    expect(balance.flows).toBe(1000)
    expect(balance.members).toBe(4)
    expect(balance.chiSquare).toBeCloseTo(20, 10)
    expect(balance.degreesOfFreedom).toBe(3)
    expect(balance.maxOverMean).toBeCloseTo(1.2, 12)
    expect(balance.minOverMean).toBeCloseTo(0.8, 12)
    expect(balance.cv).toBeCloseTo(Math.sqrt(0.02), 12)
    expect(balance.cramersV).toBeCloseTo(Math.sqrt(0.02 / 3), 12)
    expect(balance.jain).toBeCloseTo(1 / 1.02, 12)
  })

  it('stand beside the χ² p-value', () => {
    // scipy.stats.chisquare([300, 250, 250, 200]).pvalue
    expect(balance.pValue).toBeCloseTo(0.00016974243555282632, 14)
    expect(balance.method).toBe('chi-square')
    expect('draws' in balance).toBe(false)
  })
})

describe('the verdict', () => {
  it('is fair for a spread that a fair hash gives, when the flows are enough to tell', () => {
    expect(verdict([2531, 2460, 2498, 2511])).toBe('fair')
  })

  it('is skewed when p is below alpha and the effect beyond its bound', () => {
    expect(verdict([3000, 2500, 2500, 2000])).toBe('skewed')
    expect(verdict([10_000, 0, 0, 0])).toBe('skewed')
  })

  it('is not fair for a significant skew within the effect bound, but no alarm either', () => {
    const million = analyseBalance([255_000, 245_000, 250_000, 250_000], { seed: 1 }).balance
    expect(million.pValue).toBeLessThan(1e-40)
    expect(million.verdict).toBe('uneven-below-bound')
    expect(verdict([255_000, 245_000, 250_000, 250_000], { effectBoundW: 0.01 })).toBe('skewed')
  })

  it('is unknown where too many flows were put is not known, whatever the others say', () => {
    const placement = { basis: 'answered', unansweredShare: 0.5, known: false } as const
    for (const counts of [
      [256, 256, 256, 256],
      [400, 200, 200, 200],
      [2531, 2460, 2498, 2511],
    ])
      expect(analyseBalance(counts, { seed: 1, placement }).balance).toMatchObject({
        verdict: 'unknown',
        unansweredShare: 0.5,
      })
  })

  it('is underpowered when the flows are too few to see a skew at the bound', () => {
    expect(verdict([27, 22, 30, 21])).toBe('underpowered')
    expect(verdict([1, 0, 0, 0])).toBe('underpowered')
  })

  it('turns from underpowered to fair at the number of flows it asks for', () => {
    // λ = 15.4577 for 4 members at alpha 0.01 (see the power tests), so 1546 flows at w = 0.1
    const { balance } = analyseBalance([390, 380, 395, 380], { seed: 1 })
    expect(balance.power.flowsForEffectBound).toBe(1546)
    expect(balance.verdict).toBe('underpowered')
    expect(verdict([390, 380, 395, 381])).toBe('fair')
  })

  it('is skewed even with few flows, when the skew is large enough to show', () => {
    expect(verdict([40, 0, 0, 0])).toBe('skewed')
    expect(verdict([16, 0, 0, 0])).toBe('skewed')
  })

  it('is too-even for a round robin', () => {
    expect(verdict([2500, 2500, 2500, 2500])).toBe('too-even')
    expect(verdict(Array.from({ length: 64 }, () => 156))).toBe('too-even')
    expect(verdict(Array.from({ length: 256 }, () => 1))).toBe('too-even')
  })

  it('is not too-even for a dead heat of two members, which a fair hash runs often enough', () => {
    expect(verdict([5000, 5000])).toBe('fair')
    expect(verdict([5, 5])).toBe('underpowered')
    expect(verdict([3, 3, 3, 3])).toBe('underpowered')
  })
})

describe('the Monte-Carlo p', () => {
  it('replaces χ² below five flows per member, and depends on nothing but the seed', () => {
    const { balance } = analyseBalance([6, 2, 1, 1], { seed: 5 })
    expect(balance.method).toBe('monte-carlo')
    expect(balance.draws).toBe(10_000)
    // exact: 0.10919189453125 (all outcomes enumerated)
    expect(Math.abs(balance.pValue - 0.10919189453125)).toBeLessThan(Z * Math.sqrt((0.109 * 0.891) / 10_000))
    expect(analyseBalance([6, 2, 1, 1], { seed: 5 }).balance).toEqual(balance)
    expect(analyseBalance([6, 2, 1, 1], { seed: 6 }).balance.pValue).not.toBe(balance.pValue)
  })

  it('is not needed from five flows per member on', () => {
    expect(analyseBalance([5, 5, 5, 5], { seed: 1 }).balance.method).toBe('chi-square')
    expect(analyseBalance([5, 5, 5, 4], { seed: 1 }).balance.method).toBe('monte-carlo')
  })
})

describe('under a fair hash', () => {
  it('p is below 0.01 in 1 % of runs, and the verdict not skewed more often', () => {
    const random = xoroshiro128plus(4711)
    const runs = 4000
    let significant = 0
    let skewed = 0
    for (let run = 0; run < runs; run++) {
      const { balance } = analyseBalance(fairCounts(400, 4, random), { seed: run })
      if (balance.pValue < 0.01) significant++
      if (balance.verdict === 'skewed') skewed++
    }
    expect(Math.abs(significant / runs - 0.01)).toBeLessThan(Z * Math.sqrt((0.01 * 0.99) / runs) + 0.001)
    expect(skewed).toBeLessThanOrEqual(significant)
  })

  it('the even tail is a bound: as even as that is never more likely', () => {
    const random = xoroshiro128plus(1789)
    for (const [flows, members] of [
      [10, 2],
      [100, 2],
      [30, 3],
      [20, 4],
      [1000, 4],
      [80, 16],
    ] as const) {
      const runs = 4000
      for (const bound of [0.3, 0.05, 0.01]) {
        let even = 0
        for (let run = 0; run < runs; run++) {
          const counts = fairCounts(flows, members, random)
          const squares = counts.reduce((sum, count) => sum + count ** 2, 0)
          if (evennessTail((members * squares) / flows - flows, flows, members) < bound) even++
        }
        expect(even / runs).toBeLessThan(bound + Z * Math.sqrt((bound * (1 - bound)) / runs))
      }
    }
  })

  it('two members tie as often as the bound allows, and no more', () => {
    // C(10, 5) / 2^10 = 0.246; C(10000, 5000) / 2^10000 = 0.00798 (scipy.stats.binom.pmf)
    expect(evennessTail(0, 10, 2)).toBeGreaterThan(0.24609375)
    expect(evennessTail(0, 10, 2)).toBeLessThan(0.26)
    expect(evennessTail(0, 10_000, 2)).toBeGreaterThan(0.00797864)
    expect(evennessTail(0, 10_000, 2)).toBeLessThan(0.00798)
  })
})

describe('at the edges', () => {
  it('one member is fair: nothing to spread', () => {
    const { balance, residuals } = analyseBalance([77], { seed: 1 })
    expect(balance).toMatchObject({
      chiSquare: 0,
      degreesOfFreedom: 0,
      pValue: 1,
      method: 'chi-square',
      cv: 0,
      cramersV: 0,
      jain: 1,
      maxOverMean: 1,
      minOverMean: 1,
      power: { skewedW: 0, detectableW: 0, flowsForEffectBound: 0 },
      verdict: 'fair',
    })
    expect(residuals).toEqual([{ residual: 0, residualPValue: 1 }])
  })

  it('every result fits the contract: no NaN, no infinity', () => {
    for (const counts of [
      [1],
      [1, 0],
      [0, 0, 3],
      [1_000_000, 0, 0, 0],
      [25, 25, 25, 25],
      Array.from({ length: 256 }, (_, index) => index),
      Array.from({ length: 256 }, (_, index) => (index === 9 ? 1 : 0)),
    ]) {
      const { balance, residuals } = analyseBalance(counts, { seed: -3, alpha: 1e-6, effectBoundW: 2 })
      expect(schema.safeParse(balance).error).toBeUndefined()
      expect(residuals).toHaveLength(counts.length)
      for (const { residual, residualPValue } of residuals) {
        expect(Number.isFinite(residual)).toBe(true)
        expect(residualPValue).toBeGreaterThanOrEqual(0)
        expect(residualPValue).toBeLessThanOrEqual(1)
      }
    }
  })

  it('there is no balance without members or flows', () => {
    expect(() => analyseBalance([], { seed: 1 })).toThrow(RangeError)
    expect(() => analyseBalance([0, 0], { seed: 1 })).toThrow(RangeError)
  })

  it('options out of range are refused by name', () => {
    expect(() => analyseBalance([1, 2], { seed: 1, alpha: 0 })).toThrow(/alpha/)
    expect(() => analyseBalance([1, 2], { seed: 1, alpha: 1 })).toThrow(/alpha/)
    expect(() => analyseBalance([1, 2], { seed: 1, effectBoundW: 0 })).toThrow(/effectBoundW/)
  })
})
