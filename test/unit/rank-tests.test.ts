import { describe, expect, it } from 'vitest'
import { detectableShift } from '../../src/stats/detectable-shift.js'
import { uniforms } from '../../src/stats/random.js'
import { leastRankSumP, rankSumShift } from '../../src/stats/rank-sum.js'
import { rejects, type Shift } from '../../src/stats/shift.js'
import { leastSignedRankP, signedRankShift } from '../../src/stats/signed-rank.js'

const X = [12.1, 10.3, 11.7, 13.2, 9.8, 12.9]
const Y = [13.4, 12.2, 14.8, 11.9, 15.1]
const D = [1.3, -0.4, 2.2, 0.9, -1.1, 3.1, 0.2, 1.7, 2.6, -0.7]

const wave = (n: number, valueOf: (i: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => Number(valueOf(i).toFixed(6)))
const BIG_X = wave(30, (i) => 100 + 7 * Math.sin(i * 1.7) + i * 0.3)
const BIG_Y = wave(25, (i) => 103 + 7 * Math.sin(i * 2.3) + i * 0.31)
const BIG_D = wave(40, (i) => 0.8 + 3 * Math.sin(i * 1.9) + 0.01 * i)

/** Reference values: R 4.5, wilcox.test(…, conf.int = TRUE, exact = TRUE, conf.level = 1 − alpha). */
const REFERENCES: [
  what: string,
  shift: Shift,
  alpha: number,
  pValue: number,
  lower: number,
  upper: number,
  estimate: number,
][] = [
  ['Mann–Whitney', rankSumShift(X, Y), 0.05, 0.0822510822510823, -0.7, 4.5, 1.9],
  ['Mann–Whitney', rankSumShift(X, Y), 0.1, 0.0822510822510823, 0.1, 3.4, 1.9],
  ['Mann–Whitney', rankSumShift(X, Y), 0.01, 0.0822510822510823, -1, 5, 1.9],
  ['Mann–Whitney', rankSumShift(BIG_X, BIG_Y), 0.05, 0.122600065484553, -0.733248, 5.504661, 2.476592],
  ['signed ranks', signedRankShift(D), 0.05, 0.083984375, -0.1, 2.15, 0.95],
  ['signed ranks', signedRankShift(D), 0.1, 0.083984375, 0.1, 1.95, 0.95],
  ['signed ranks', signedRankShift(D), 0.01, 0.083984375, -0.7, 2.6, 0.95],
  ['signed ranks', signedRankShift(BIG_D), 0.05, 0.0146776427955047, 0.2315525, 1.6374145, 1.00923975],
]

it.each(REFERENCES)(
  'the shift by %s is that of R (%#)',
  (_, shift, alpha, pValue, lower, upper, estimate) => {
    expect(shift.pValue).toBeCloseTo(pValue, 13)
    expect(shift.estimate).toBeCloseTo(estimate, 6)
    const interval = shift.interval(alpha)!
    expect(interval.lower).toBeCloseTo(lower, 6)
    expect(interval.upper).toBeCloseTo(upper, 6)
  },
)

describe('with ties', () => {
  // All ways to choose, counted one by one in Python (itertools, ranks of scipy.stats.rankdata); the second also by
  // scipy.stats.mannwhitneyu with a PermutationMethod over all of them.
  it.each([
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 1, 1, 1, 1], (2 * 286) / 184_756],
    [[1, 2, 2, 3, 5, 5], [2, 4, 5, 6, 6, 7, 7], (2 * 37) / 1716],
    [[3, 3, 3], [3, 3, 3, 3], 1],
  ])('the Mann–Whitney test is the permutation test of mean ranks (%#)', (base, next, pValue) => {
    expect(rankSumShift(base, next).pValue).toBeCloseTo(pValue, 13)
    expect(rankSumShift(next, base).pValue).toBeCloseTo(pValue, 13)
  })

  // Likewise over all signs; scipy.stats.wilcoxon with a PermutationMethod says the same.
  it('the test of signed ranks is the permutation test of mean ranks, and pairs without a difference do not count', () => {
    expect(signedRankShift([1, 1, -1, 2, 2, 0, 3, -2, 0, 4]).pValue).toBeCloseTo((2 * 21) / 256, 14)
    expect(signedRankShift([0, 0, 0]).pValue).toBe(1)
    expect(signedRankShift([0, 0, 2, 1, 3]).pValue).toBe(0.25)
  })

  it('where nothing differs the shift is 0, and nothing else', () => {
    const same = Array.from({ length: 10 }, () => 7)
    expect(rankSumShift(same, same).interval(0.05)).toEqual({ lower: 0, upper: 0 })
    expect(signedRankShift(same.map(() => 0)).interval(0.05)).toEqual({ lower: 0, upper: 0 })
  })
})

describe('the least p', () => {
  it('of two samples comes of all ways to choose one', () => {
    expect(leastRankSumP(5, 5)).toBeCloseTo(2 / 252, 14)
    expect(leastRankSumP(3, 3)).toBeCloseTo(0.1, 14)
    expect(leastRankSumP(1, 1)).toBe(1)
    // choose(200, 100) of R
    expect(leastRankSumP(100, 100) / 2.20876069319952e-59).toBeCloseTo(1, 10)
    expect(rankSumShift([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).pValue).toBeCloseTo(leastRankSumP(5, 5), 14)
    const hundred = wave(100, (i) => i)
    const above = hundred.map((value) => value + 100)
    expect(rankSumShift(hundred, above).pValue / leastRankSumP(100, 100)).toBeCloseTo(1, 9)
  })

  it('of pairs comes of all signs', () => {
    expect(leastSignedRankP(6)).toBe(2 / 64)
    expect(leastSignedRankP(1)).toBe(1)
    expect(signedRankShift([1, 2, 3, 4, 5, 6]).pValue).toBe(2 / 64)
  })

  it('is the least alpha at which there is an interval', () => {
    expect(rankSumShift([1, 2, 3, 4.5], [6, 7, 8.25, 9]).interval(2 / 70)).toEqual({ lower: 1.5, upper: 8 })
    expect(rankSumShift([1, 2, 3, 4.5], [6, 7, 8.25, 9]).interval(2 / 71)).toBeUndefined()
    expect(signedRankShift([1, 2, 3, 4, 5]).interval(1 / 16)).toEqual({ lower: 1, upper: 5 })
    expect(signedRankShift([1, 2, 3, 4, 5]).interval(0.05)).toBeUndefined()
  })
})

describe('p and interval', () => {
  it('agree about no shift at every alpha, also with ties; and the other order only turns the sign', () => {
    const random = uniforms(3)
    let rejections = 0
    for (let i = 0; i < 300; i++) {
      const values = i % 2 === 0 ? 4 : 1e9
      const draw = (n: number, by: number) =>
        Array.from({ length: n }, () => by + Math.floor(random() * values))
      const by = i % 3 === 0 ? 0 : values / 2
      const [base, next] = [draw(4 + (i % 5), 0), draw(4 + (i % 4), by)]
      const pairs = base.map((x, j) => (next[j] ?? x) - x)
      const both = [
        [rankSumShift(base, next), rankSumShift(next, base)],
        [signedRankShift(pairs), signedRankShift(pairs.map((pair) => -pair))],
      ] as const
      for (const [shift, turned] of both) {
        expect(turned.pValue).toBeCloseTo(shift.pValue, 14)
        expect(turned.estimate).toBeCloseTo(-shift.estimate, 9)
        for (const alpha of [0.2, 0.05, 0.01]) {
          const rejected = rejects(shift.pValue, alpha)
          rejections += Number(rejected)
          // Where nothing is bounded, nothing may be rejected.
          const { lower = -Infinity, upper = Infinity } = shift.interval(alpha) ?? {}
          const mirrored = turned.interval(alpha) ?? { lower: -Infinity, upper: Infinity }
          expect(mirrored.upper + lower || 0).toBeCloseTo(0, 9)
          expect(mirrored.lower + upper || 0).toBeCloseTo(0, 9)
          expect(lower).toBeLessThanOrEqual(upper)
          expect(rejected ? lower >= 0 || upper <= 0 : lower <= 0 && upper >= 0).toBe(true)
        }
      }
    }
    expect(rejections).toBeGreaterThan(100)
  })

  it('an interval holds the shift as often as it says', () => {
    const random = uniforms(11)
    const draws = 1000
    let [ranks, signs] = [0, 0]
    const skewed = () => -Math.log(1 - random())
    for (let i = 0; i < draws; i++) {
      const base = Array.from({ length: 6 }, skewed)
      const next = Array.from({ length: 7 }, () => skewed() + 0.3)
      const held = rankSumShift(base, next).interval(0.05)!
      if (held.lower <= 0.3 && 0.3 <= held.upper) ranks++
      const paired = signedRankShift(Array.from({ length: 8 }, () => skewed() - skewed() + 0.3)).interval(
        0.05,
      )!
      if (paired.lower <= 0.3 && 0.3 <= paired.upper) signs++
    }
    // Exact levels (pwilcox(6, 6, 7) and psignrank(3, 8) of R, twice), within five standard deviations.
    const within = (share: number, level: number) =>
      expect(Math.abs(share - level)).toBeLessThan(5 * Math.sqrt((level * (1 - level)) / draws))
    within(ranks / draws, 1 - 2 * 0.0174825174825175)
    within(signs / draws, 1 - 2 * 0.01953125)
  })
})

describe('the smallest shift that can be shown', () => {
  it('is found in about 4 of 5 cases', () => {
    const random = uniforms(5)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const sample = (by: number) => Array.from({ length: 10 }, () => normal() + by)
    const draws = 400
    const sizes = Array.from({ length: draws }, () => {
      const shift = rankSumShift(sample(0), sample(0))
      return detectableShift(shift.estimate, shift.interval(0.05)!, 0.05)
    })
    const typical = sizes.reduce((sum, size) => sum + size) / draws
    const found = Array.from({ length: draws }, () => rankSumShift(sample(0), sample(typical))).filter(
      ({ pValue }) => pValue <= 0.05,
    )
    expect(found.length / draws).toBeGreaterThan(0.7)
    expect(found.length / draws).toBeLessThan(0.9)
  })

  it('is the reach of the interval times (z of alpha + z of the power) over z of alpha', () => {
    // qnorm(0.975) = 1.959964, qnorm(0.8) = 0.8416212
    expect(detectableShift(1, { lower: -1, upper: 2 }, 0.05)).toBeCloseTo(2 * (1 + 0.8416212 / 1.959964), 6)
    expect(detectableShift(0, { lower: 0, upper: 0 }, 0.05)).toBe(0)
  })
})
