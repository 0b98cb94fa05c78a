import { describe, expect, it } from 'vitest'
import { summariseWithConfidence } from '../../src/analysis/latency/latency.js'
import { binomialAtMost, probabilityInterval } from '../../src/stats/binomial.js'
import { Histogram } from '../../src/stats/histogram.js'
import { quantileRanks } from '../../src/stats/order-statistics.js'
import { effectInterval } from '../../src/stats/power.js'

describe('the ranks between which a quantile lies', () => {
  // From scipy.stats.binom.cdf: the last rank with at most 0.5 % below it, the first with at least 99.5 %.
  it.each([
    [10, 0.5, { low: 1, high: 10 }],
    [20, 0.9, { low: 14 }],
    [1000, 0.99, { low: 981, high: 998 }],
    [2000, 0.999, { low: 1994 }],
    [100_000, 0.999, { low: 99_873, high: 99_926 }],
    [1_000_000, 0.5, { low: 498_712, high: 501_289 }],
    [1, 0.5, {}],
  ])('of %i values at %f are those of the binomial', (count, q, ranks) =>
    expect(quantileRanks(count, q, 0.01)).toEqual(ranks),
  )

  it('of a histogram are the values at them', () => {
    const histogram = new Histogram()
    for (let value = 1; value <= 1000; value++) histogram.record(value)
    expect(summariseWithConfidence(histogram)).toMatchObject({
      p99Ns: 990,
      confidence: { p99Ns: { lowNs: 981, highNs: 998 } },
    })
    expect(summariseWithConfidence(new Histogram())).toBeUndefined()
  })
})

describe('the interval of a probability', () => {
  // scipy.stats.binomtest(successes, trials).proportion_ci(0.99)
  it.each([
    [0, 1000, 0, 0.005284306039],
    [3, 20, 0.017642637954, 0.449465406739],
    [20, 20, 0.767270499011, 1],
    [500, 100_000, 0.004444034893, 0.005603617783],
  ])('behind %i of %i is that of Clopper and Pearson', (successes, trials, low, high) => {
    const interval = probabilityInterval(successes, trials, 0.01)
    expect(interval[0]).toBeCloseTo(low, 11)
    expect(interval[1]).toBeCloseTo(high, 11)
  })

  it('rests on both tails of the binomial', () => {
    expect(binomialAtMost(-1, 5, 0.5)).toBe(0)
    expect(binomialAtMost(1, 5, 0.5)).toBeCloseTo(6 / 32, 12)
    expect(binomialAtMost(4, 5, 0.5)).toBeCloseTo(31 / 32, 12)
    expect(binomialAtMost(5, 5, 0.5)).toBe(1)
  })
})

it('the interval of an effect is that of the noncentral χ², and holds 0 where chance suffices', () => {
  // scipy.stats.ncx2: the noncentralities at which sf(40, 3, λ) is 0.005 and 0.995, over 1,000 flows
  const [low, high] = effectInterval(40, 1000, 4, 0.01)
  expect(low).toBeCloseTo(0.1119118525, 8)
  expect(high).toBeCloseTo(0.2772129236, 8)
  expect(effectInterval(3, 1000, 4, 0.01)[0]).toBe(0)
  expect(effectInterval(0, 1000, 1, 0.01)).toEqual([0, 0])
})
