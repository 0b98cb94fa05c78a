import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { fairExtremes } from '../../src/stats/extremes.js'
import { fairBand } from '../../src/stats/fair-band.js'
import { fairChiSquares } from '../../src/stats/monte-carlo.js'

/** z of a two-sided 1e-7. */
const Z = 5.33

/** Largest and smallest count of `draws` seeded fair draws, flow by flow: no formula involved. */
function drawnExtremes(flows: number, members: number, draws: number): { max: number[]; min: number[] } {
  const random = xoroshiro128plus(20_240_601)
  const max: number[] = []
  const min: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const counts = Array.from({ length: members }, () => 0)
    for (let flow = 0; flow < flows; flow++) {
      counts[Math.floor(((random.next() >>> 0) * members) / 2 ** 32)]! += 1
    }
    max.push(Math.max(...counts))
    min.push(Math.min(...counts))
  }
  return { max, min }
}

function share(values: number[], holds: (value: number) => boolean): number {
  return values.filter((value) => holds(value)).length / values.length
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

describe('the extremes of a fair draw', () => {
  // [N, k, E max, p95, p99, E min, p95, p99]: all outcomes counted in Python integers and fractions, so exact
  it.each([
    [1, 2, 1, 1, 1, 0, 0, 0],
    [1, 256, 1, 1, 1, 0, 0, 0],
    [6, 3, 3.234567901234568, 5, 5, 0.8641975308641975, 0, 0],
    [10, 2, 6.23046875, 8, 9, 3.76953125, 2, 1],
    [20, 4, 7.382525670036557, 10, 11, 2.8067816465045325, 1, 0],
    [40, 64, 3.0762794543981156, 4, 5, 0, 0, 0],
    [50, 7, 10.937419037289292, 14, 15, 3.764227637401177, 2, 1],
    [100, 16, 11.02247029993071, 14, 15, 2.30625369206312, 1, 0],
  ])(
    'of %d flows over %d members are exact',
    (flows, members, maxMean, max95, max99, minMean, min95, min99) => {
      const { max, min } = fairExtremes(flows, members)
      expect(max.expected).toBeCloseTo(maxMean, 8)
      expect(min.expected).toBeCloseTo(minMean, 8)
      expect([max.p95, max.p99]).toEqual([max95, max99])
      expect([min.p95, min.p99]).toEqual([min95, min99])
    },
  )

  it.each([
    [12, 5],
    [100, 64],
    [1000, 4],
    [1001, 16],
  ])('of %d flows over %d members are what drawing them shows', (flows, members) => {
    const { max, min } = fairExtremes(flows, members)
    const drawn = drawnExtremes(flows, members, 20_000)
    const slack = (p: number): number => Z * Math.sqrt((p * (1 - p)) / 20_000)
    for (const [p, most, least] of [
      [0.95, max.p95, min.p95],
      [0.99, max.p99, min.p99],
    ] as const) {
      expect(share(drawn.max, (value) => value <= most)).toBeGreaterThan(p - slack(p))
      expect(share(drawn.max, (value) => value < most)).toBeLessThan(p + slack(p))
      expect(share(drawn.min, (value) => value >= least)).toBeGreaterThan(p - slack(p))
      expect(share(drawn.min, (value) => value > least)).toBeLessThan(p + slack(p))
    }
    // An extreme of a multinomial varies less than one of its counts does.
    const deviation = Math.sqrt(flows / members / 20_000)
    expect(Math.abs(mean(drawn.max) - max.expected)).toBeLessThan(Z * deviation)
    expect(Math.abs(mean(drawn.min) - min.expected)).toBeLessThan(Z * deviation)
  })
})

describe('the band of a fair hash', () => {
  // [k, N, max/mean, min/mean]: truncated Poisson counts convolved directly in numpy, given their sum
  it.each([
    [4, 1000, [1.0654626144902795, 1.124, 1.156], [0.9352729264666519, 0.88, 0.848]],
    [16, 10_000, [1.0712748827775, 1.1072, 1.1264], [0.93001279789, 0.896, 0.8768]],
    [64, 10_000, [1.1923817053022, 1.2608, 1.2992], [0.8176515406758, 0.7616, 0.7296]],
    [
      256,
      3000,
      [1.9189714332436, 2.2186666666667, 2.304],
      [0.2894604815718, 0.1706666666667, 0.0853333333333],
    ],
    [4, 10_000, [1.0206239934854162, 1.0388, 1.0488], [0.9794495213905253, 0.9612, 0.9516]],
  ])('over %d members of %d flows is that of the exact multinomial', (members, flows, max, min) => {
    const { maxOverMean, minOverMean } = fairBand(flows, members)
    for (const [index, name] of (['expected', 'p95', 'p99'] as const).entries()) {
      expect(maxOverMean[name]).toBeCloseTo(max[index]!, 9)
      expect(minOverMean[name]).toBeCloseTo(min[index]!, 9)
    }
  })

  it('of max/mean widens with the members and narrows with the flows', () => {
    expect(fairBand(10_000, 64).maxOverMean.p99).toBeGreaterThan(fairBand(10_000, 16).maxOverMean.p99)
    expect(fairBand(100_000, 16).maxOverMean.p99).toBeLessThan(fairBand(10_000, 16).maxOverMean.p99)
  })

  it('is within 5e-5 of the exact one where it is scaled up from fewer flows', () => {
    for (const members of [8, 64]) {
      const flows = 1_000_000
      const exact = fairExtremes(flows, members)
      const band = fairBand(flows, members)
      for (const name of ['expected', 'p95', 'p99'] as const) {
        expect(Math.abs(band.maxOverMean[name] - (exact.max[name] * members) / flows)).toBeLessThan(5e-5)
        expect(Math.abs(band.minOverMean[name] - (exact.min[name] * members) / flows)).toBeLessThan(5e-5)
      }
    }
  })

  it('of cv is the mean and the quantiles of χ over √N', () => {
    const { cv } = fairBand(10_000, 4)
    // scipy.stats.chi(3).mean(), √ of scipy.stats.chi2.isf(0.05, 3) and isf(0.01, 3)
    expect(cv.expected).toBeCloseTo(1.5957691216057306 / 100, 12)
    expect(cv.p95).toBeCloseTo(Math.sqrt(7.814727903251179) / 100, 12)
    expect(cv.p99).toBeCloseTo(Math.sqrt(11.344866730144373) / 100, 12)
  })

  it('of cv comes from fair draws where they are given', () => {
    // One flow is always at one member: cv is √(k − 1), whatever χ² says.
    const { cv } = fairBand(1, 5, fairChiSquares(1, 5, 3))
    expect(cv.expected).toBeCloseTo(2, 10)
    expect(cv.p95).toBeCloseTo(2, 12)
    expect(cv.p99).toBeCloseTo(2, 12)
  })

  it('has no width for one member', () => {
    expect(fairBand(500, 1)).toEqual({
      maxOverMean: { expected: 1, p95: 1, p99: 1 },
      minOverMean: { expected: 1, p95: 1, p99: 1 },
      cv: { expected: 0, p95: 0, p99: 0 },
    })
  })

  it('is made of finite, ordered numbers at every size', () => {
    for (const members of [2, 3, 5, 16, 64, 255, 256, 4096]) {
      for (const flows of [1, 2, 3, 7, 64, 255, 1000, 65_537]) {
        const { maxOverMean: max, minOverMean: min, cv } = fairBand(flows, members)
        const slack = 1e-9 * members
        expect(max.expected).toBeGreaterThanOrEqual(1 - slack)
        expect(max.p95).toBeGreaterThanOrEqual(1)
        expect(max.p99).toBeGreaterThanOrEqual(max.p95)
        expect(max.p99).toBeLessThanOrEqual(members)
        expect(min.expected).toBeLessThanOrEqual(1 + slack)
        expect(min.p95).toBeLessThanOrEqual(1)
        expect(min.p99).toBeLessThanOrEqual(min.p95)
        expect(min.p99).toBeGreaterThanOrEqual(0)
        expect(cv.p99).toBeGreaterThan(cv.p95)
        expect(Number.isFinite(max.expected + min.expected + cv.expected + cv.p99)).toBe(true)
      }
    }
  })
})

describe('of groups that flows are divided among', () => {
  // Two groups of two members with two flows each: in each, both flows meet at one member in half of all draws.
  it('max and min are those of all groups', () => {
    const { maxOverMean, minOverMean } = fairBand(4, 4, undefined, 2)
    expect(maxOverMean.expected).toBeCloseTo(1.75, 9)
    expect(minOverMean.expected).toBeCloseTo(0.25, 9)
  })

  it('χ² is the sum of theirs, which the mean of draws shows', () => {
    const draws = fairChiSquares(4, 4, 7, 2)
    // 0, 2 or 4 in 1/4, 1/2 and 1/4 of 10,000 draws: 1e-6 is 4.9 standard deviations of a share.
    const partOf = (value: number): number =>
      draws.filter((draw) => Math.abs(draw - value) < 1e-9).length / draws.length
    for (const [value, expected] of [
      [0, 0.25],
      [2, 0.5],
      [4, 0.25],
    ] as const)
      expect(Math.abs(partOf(value) - expected)).toBeLessThan(
        4.9 * Math.sqrt((expected * (1 - expected)) / draws.length),
      )
  })
})
