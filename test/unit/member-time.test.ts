import { describe, expect, it } from 'vitest'
import { compareTimes, requestTimeOf, stretchOf } from '../../src/analysis/overload/member-time.js'

const of = (workNs: number) => ({ workNs, waitNs: 0 })

describe('the time of a request', () => {
  it('is CPU time and the wait for a CPU', () =>
    expect(requestTimeOf({ taken: 100, servedNs: 500, cpuNs: 2000, runDelayNs: 1000 })).toEqual({
      workNs: 20,
      waitNs: 10,
    }))

  it('is the time by the clock less that wait, for a member that sleeps in a request', () =>
    expect(requestTimeOf({ taken: 10, servedNs: 5000, cpuNs: 100, runDelayNs: 1000 })).toEqual({
      workNs: 400,
      waitNs: 100,
    }))

  it('is not known of a member that took none, or that the kernel does not tell of', () => {
    expect(requestTimeOf({ taken: 0, servedNs: 0, cpuNs: 100, runDelayNs: 10 })).toBeUndefined()
    expect(requestTimeOf({ taken: 5, servedNs: 9, cpuNs: 100 })).toBeUndefined()
    expect(requestTimeOf({ taken: 5, servedNs: 9, runDelayNs: 10 })).toBeUndefined()
  })

  it('is work times stretch, and the ratio of two times is the product of both ratios', () => {
    const low = { workNs: 300, waitNs: 600 }
    const other = { workNs: 200, waitNs: 100 }
    expect(stretchOf(low)).toBe(3)
    const { workRatio, stretchRatio } = compareTimes([low], [other])!
    expect(workRatio * stretchRatio).toBeCloseTo(900 / 300, 12)
    expect(stretchRatio).toBeCloseTo(2, 12)
  })

  it('is compared by medians', () => {
    expect(compareTimes([of(10)], [1, 2, 900].map(of))).toMatchObject({ othersWorkNs: 2, workRatio: 5 })
    expect(compareTimes([of(10)], [1, 3].map(of))).toMatchObject({ othersWorkNs: 2 })
    expect(compareTimes([], [of(1)])).toBeUndefined()
    expect(compareTimes([of(1)], [])).toBeUndefined()
  })
})
