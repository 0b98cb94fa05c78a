import { describe, expect, it } from 'vitest'
import { InFlightIntegral } from '../../src/client/in-flight-integral.js'

const at = (...ns: number[]): Float64Array => Float64Array.from(ns)

describe('the integral of requests in flight', () => {
  it('is the time of one request while there is one at a time, however long the client slept meanwhile', () => {
    const integral = new InFlightIntegral(100)
    integral.ramp(0, 1, at(110), 1)
    integral.ramp(1, 0, at(170), 1)
    integral.ramp(0, 1, at(1000), 1)
    integral.ramp(1, 0, at(1040), 1)
    expect(integral.until(5000, 0)).toBe(60 + 40)
  })

  it('takes a batch as even steps, and what is under way between two batches in full', () => {
    const integral = new InFlightIntegral(0)
    integral.ramp(0, 4, at(0, 10, 20, 30), 4)
    integral.ramp(4, 0, at(100, 110, 120, 130), 4)
    expect(integral.until(200, 0)).toBe(2 * 30 + 4 * 70 + 2 * 30)
  })

  it('leaves out what could not be sent, and counts what is under way to the end', () => {
    const integral = new InFlightIntegral(0)
    integral.ramp(0, 0, at(-11, -11), 2)
    integral.ramp(0, 1, at(-11, 50, -11), 3)
    integral.ramp(1, 1, at(), 0)
    expect(integral.until(80, 1)).toBe(30)
  })

  it('does not run backwards', () => {
    const integral = new InFlightIntegral(0)
    integral.ramp(0, 2, at(10, 20), 2)
    integral.ramp(2, 1, at(15), 1)
    expect(integral.until(30, 1)).toBe(10 + 10)
  })
})
