import { expect, it } from 'vitest'
import { StampError } from '../../src/client/stamp-error.js'
import { Histogram } from '../../src/stats/histogram.js'

const of = (error: StampError): Histogram => {
  const histogram = new Histogram()
  histogram.add(error.data!)
  return histogram
}

it('is how far a stamp lies from the arrival, on either side', () => {
  const error = new StampError(1000)
  error.note(1000, 1010)
  error.note(1040, 1010)
  expect(of(error)).toMatchObject({ count: 2, min: 10, max: 30, sum: 40 })
})

it('leaves out requests of before, and those whose arrival the kernel did not stamp', () => {
  const error = new StampError(1000)
  error.note(999, 1010)
  error.note(1000, -1)
  expect(error.data).toBeUndefined()
  error.note(1001, 1003)
  expect(of(error)).toMatchObject({ count: 1, max: 2 })
})
