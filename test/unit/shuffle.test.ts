import { describe, expect, it } from 'vitest'
import { shuffled } from '../../src/stats/shuffle.js'

describe('a shuffle', () => {
  it.each([0, 1, 2, 1000])('of %d numbers has each of them once', (n) =>
    expect([...shuffled(n, 1)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i)),
  )

  it('is decided by its seed', () => {
    expect(shuffled(100, 7)).toEqual(shuffled(100, 7))
    expect(shuffled(100, 7)).not.toEqual(shuffled(100, 8))
  })

  it('cut short is the beginning of the whole, however little of it is drawn', () => {
    const whole = shuffled(5000, 3)
    for (const count of [0, 1, 10, 300, 313, 2500, 5000])
      expect(shuffled(5000, 3, count)).toEqual(whole.subarray(0, count))
  })

  it('of a few out of four billion is made at once, without one twice', () => {
    const drawn = shuffled(2 ** 32 - 1, 5, 1000)
    expect(new Set(drawn).size).toBe(1000)
    expect(Math.max(...drawn)).toBeGreaterThan(2 ** 31)
  })

  it('puts every number at every place about equally often', () => {
    const counts = Array.from({ length: 16 }, () => 0)
    const draws = 8000
    for (let seed = 0; seed < draws; seed++) {
      const order = shuffled(4, seed)
      order.forEach((number, place) => counts[4 * place + number]!++)
    }
    // Each is binomial, mean 2000 and standard deviation 38.7: six of them, over 16 counts p < 1e-7.
    expect(Math.max(...counts.map((count) => Math.abs(count - draws / 4)))).toBeLessThan(233)
  })
})

describe('shuffles from consecutive seeds', () => {
  it('are independent: repetitions, workers and waves count their seeds up', () => {
    const [cells, draws] = [16, 8000]
    const counts = Array.from({ length: cells }, () => 0)
    for (let seed = 0; seed < draws; seed++) counts[shuffled(cells, seed, 2)[1]!]!++
    const chiSquare = counts.reduce((sum, n) => sum + (n - draws / cells) ** 2 / (draws / cells), 0)
    // χ² with 15 degrees of freedom: below 1.1 and above 57 with p < 1e-6 each. Too even is as wrong as too uneven.
    expect(chiSquare).toBeGreaterThan(1.1)
    expect(chiSquare).toBeLessThan(57)
  })
})
