import { describe, expect, it } from 'vitest'
import { deliveredAtEqualCapacity } from '../../src/analysis/overload/equal-capacity.js'

describe('what members of equal capacity deliver', () => {
  it.each([
    ['is all that was offered where all was delivered', [5, 3, 9], 17, [5, 3, 9]],
    ['is alike where all are overloaded', [50, 40, 60], 60, [20, 20, 20]],
    [
      'is the capacity for those that are offered more, all of it for the others',
      [100, 10, 200],
      110,
      [50, 10, 50],
    ],
    ['is 0 of nothing', [0, 4], 2, [0, 2]],
    ['is nothing where nothing was delivered', [7, 4], 0, [0, 0]],
  ])('%s', (_what, offered, delivered, expected) =>
    expect(deliveredAtEqualCapacity(offered, delivered)).toEqual(expected),
  )

  it('adds up to what was delivered', () => {
    const offered = [13, 400, 7, 90, 1000, 0]
    for (const delivered of [1, 20, 333, 1000, 1510])
      expect(deliveredAtEqualCapacity(offered, delivered).reduce((a, b) => a + b)).toBeCloseTo(delivered, 9)
  })
})
