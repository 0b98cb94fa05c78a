import { describe, expect, it } from 'vitest'
import { chiSquareStatistic } from '../../src/stats/chi-square.js'
import { fairChiSquares, monteCarloTails } from '../../src/stats/monte-carlo.js'

/** z of a two-sided 1e-7: with it a test of a right program fails once in ten million changes of the seed. */
const Z = 5.33

describe('the Monte-Carlo test of a fair hash', () => {
  it('gives the same draws for the same seed, and others for the next seed', () => {
    expect(fairChiSquares(12, 4, 1)).toEqual(fairChiSquares(12, 4, 1))
    expect(fairChiSquares(12, 4, 1)).not.toEqual(fairChiSquares(12, 4, 2))
  })

  it('draws 10,000 times, fewer when the flows are very many, never below 999', () => {
    expect(fairChiSquares(1200, 256, 1)).toHaveLength(10_000)
    expect(fairChiSquares(4000, 1000, 1)).toHaveLength(5000)
    expect(fairChiSquares(25_000, 8000, 1)).toHaveLength(999)
  })

  it('has the mean of χ² that a multinomial has exactly, k − 1, at any expected count', () => {
    for (const [flows, members] of [
      [3, 2],
      [12, 4],
      [100, 64],
    ] as const) {
      const draws = fairChiSquares(flows, members, 99)
      const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
      // Var χ² = 2 (k − 1)(1 − 1/N) for equal cells
      const deviation = Math.sqrt((2 * (members - 1) * (1 - 1 / flows)) / draws.length)
      expect(Math.abs(mean - (members - 1)) / deviation).toBeLessThan(Z)
    }
  })

  // Exact tails by enumerating all outcomes in Python integers: P(χ² ≥ observed), P(χ² ≤ observed)
  it.each([
    [[6, 2, 1, 1], 0.10919189453125, 0.948486328125],
    [[3, 3, 3, 3], 1, 0.022029876708984375],
    [[8, 4, 2, 2], 0.12489886023104191, 0.8949022125452757],
    [[2, 0, 0], 1 / 3, 1],
    [[4, 4, 4, 4], 1, 0.01468299888074398],
    [[9, 3, 3, 3], 0.12831260752864182, 0.8944036897737533],
  ])('finds both tails of %j, ties on both sides', (counts, upper, lower) => {
    const flows = counts.reduce((sum, count) => sum + count, 0)
    const draws = fairChiSquares(flows, counts.length, 7)
    const tails = monteCarloTails(chiSquareStatistic(counts), draws)
    const slack = (p: number): number => Z * Math.sqrt((p * (1 - p)) / draws.length) + 2 / draws.length
    expect(Math.abs(tails.upper - upper)).toBeLessThan(slack(upper))
    expect(Math.abs(tails.lower - lower)).toBeLessThan(slack(lower))
  })

  it('never claims a p of 0: the observation is one of the draws', () => {
    const draws = Float64Array.of(1, 2, 3)
    expect(monteCarloTails(9, draws)).toEqual({ upper: 1 / 4, lower: 1 })
    expect(monteCarloTails(0, draws)).toEqual({ upper: 1, lower: 1 / 4 })
    expect(monteCarloTails(2, draws)).toEqual({ upper: 3 / 4, lower: 3 / 4 })
  })
})
