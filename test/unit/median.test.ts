import { describe, expect, it } from 'vitest'
import { medianInterval } from '../../src/stats/median-interval.js'
import { median, medianOfAscending } from '../../src/stats/median.js'
import { uniforms } from '../../src/stats/random.js'

it.each([
  [[7], 7],
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[10, 9, 100, 1], 9.5],
  [[-1, -2, 5, 5, 5], 5],
])('the median of %j is %d, and that of negated values its negative', (values, middle) => {
  expect(median(values)).toBe(middle)
  expect(median(values.map((value) => -value))).toBe(-middle)
})

it('the median of none is not a number', () => expect(medianOfAscending(new Float64Array())).toBeNaN())

const first = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

describe('the interval of a median', () => {
  // Ranks and coverages by sums of binomial coefficients, as printed in tables of the sign test.
  it.each([
    [6, 1, 6, 0.96875],
    [10, 2, 9, 1 - 22 / 1024],
    [20, 6, 15, 1 - (2 * 21_700) / 2 ** 20],
    [9, 2, 8, 1 - 20 / 512],
  ])('of %d values goes from the one of rank %d to that of rank %d', (n, lower, upper, coverage) => {
    const interval = medianInterval(first(n))!
    expect([interval.lower, interval.upper]).toEqual([lower, upper])
    expect(interval.coverage).toBeCloseTo(coverage, 10)
  })

  it('is none where even the least and the greatest do not hold it often enough', () => {
    expect(medianInterval(first(5))).toBeUndefined()
    expect(medianInterval(first(5), 0.9)).toMatchObject({ lower: 1, upper: 5 })
    expect(medianInterval([])).toBeUndefined()
  })

  it('holds the median of seeded draws as often as it says', () => {
    const random = uniforms(7)
    const draws = 20_000
    let held = 0
    for (let i = 0; i < draws; i++) {
      const { lower, upper } = medianInterval(Array.from({ length: 10 }, random).toSorted((a, b) => a - b))!
      if (lower <= 0.5 && 0.5 <= upper) held++
    }
    // five standard deviations
    expect(Math.abs(held / draws - (1 - 22 / 1024))).toBeLessThan(5 * Math.sqrt((0.0215 * 0.9785) / draws))
  })
})
