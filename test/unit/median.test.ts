import { expect, it } from 'vitest'
import { median, medianOfAscending } from '../../src/stats/median.js'

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
