import { describe, expect, it } from 'vitest'
import { scheduleLengthNs } from '../../src/plan/schedule-length.js'
import { completePlan, type RunRequest } from '../../src/plan/run-plan.js'

const lengthOf = (request: RunRequest): number | undefined =>
  scheduleLengthNs(
    completePlan(request, {
      cpus: 4,
      ephemeralPorts: [32_768, 60_999],
      openFiles: { limit: 20_000, used: 30 },
    }),
  )

describe('the length of a schedule', () => {
  it('is the duration', () => expect(lengthOf({ rateHz: 1000, durationNs: 5e9 })).toBe(5e9))

  it('is not known where every flow has to be asked once, if need be after the end', () => {
    expect(lengthOf({ rateHz: 100, durationNs: 5e9, flows: 1000 })).toBeUndefined()
    expect(lengthOf({ rateHz: 100, durationNs: 5e9, flows: 1000, weights: 'zipf:1.1' })).toBe(5e9)
  })

  it('is not known where requests are counted, and there is none in a closed loop', () => {
    expect(lengthOf({ rateHz: 1000, requests: 10 })).toBeUndefined()
    expect(lengthOf({ durationNs: 5e9 })).toBeUndefined()
  })
})
