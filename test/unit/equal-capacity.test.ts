import { describe, expect, it } from 'vitest'
import { deliveredAtEqualCapacity } from '../../src/analysis/equal-capacity.js'
import { mostEvenCompletion } from '../../src/analysis/flow-spread.js'

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

describe('the most even spread of flows, some of which are of unknown members', () => {
  it.each([
    [[250, 250, 0, 250], 250, [250, 250, 250, 250]],
    [[10, 7, 3], 2, [10, 7, 5]],
    [[10, 7, 3], 6, [10, 8, 8]],
    [[10, 7, 3], 11, [10, 10, 11]],
    [[5, 5], 1, [6, 5]],
    [[4, 9], 0, [4, 9]],
    [[3], 2, [5]],
  ])('of %j and %d more is %j', (counts, unknown, full) =>
    expect(mostEvenCompletion(counts, unknown)).toEqual(full),
  )
})
