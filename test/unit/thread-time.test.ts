import { describe, expect, it } from 'vitest'
import { parseSchedstat, readThreadTime, threadTimeBetween } from '../../src/host/thread-time.js'

describe('the times of a thread', () => {
  it('are read from schedstat: on a CPU, in a run queue, and how often it was given one', () =>
    expect(parseSchedstat('347551946 1080691125 625\n')).toEqual({
      cpuNs: 347_551_946,
      runDelayNs: 1_080_691_125,
    }))

  it.each(['', '1 2', 'a b c', '-1 2 3', '0 0'])('are none in %j', (text) =>
    expect(parseSchedstat(text)).toBeUndefined(),
  )

  it('are none of a thread that there is not', () => expect(readThreadTime(0, 0)).toBeUndefined())

  it('pass between two readings, where there are both', () => {
    const before = { cpuNs: 10, runDelayNs: 5 }
    expect(threadTimeBetween(before, { cpuNs: 17, runDelayNs: 5 })).toEqual({ cpuNs: 7, runDelayNs: 0 })
    expect(threadTimeBetween(undefined, before)).toBeUndefined()
    expect(threadTimeBetween(before, undefined)).toBeUndefined()
  })
})
