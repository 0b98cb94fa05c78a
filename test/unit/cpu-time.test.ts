import { describe, expect, it } from 'vitest'
import {
  cpusAllowed,
  cpuTimesBetween,
  parseCpuList,
  parseCpusAllowed,
  parseCpuTimes,
  readCpuTimes,
} from '../../src/host/cpu-time.js'

// Linux 6.18, 2 CPUs; the line of cpu10 is made up
const STAT = `cpu  249351 0 32756 284549 3105 0 7620 948 0 0
cpu0 125618 0 15488 143398 717 0 3456 477 0 0
cpu1 123732 0 17268 141150 2387 0 4163 471 0 0
cpu10 1 2 3 4 5 6 7 8 1 1
intr 1754535 0 0 0
ctxt 13983117
`
const STATUS = `Name:\tcat
Cpus_allowed:\t00000000,00000f01
Cpus_allowed_list:\t0,8-11
Mems_allowed_list:\t0
`

describe('CPU times', () => {
  it('are the ticks of 10 ms of the CPUs asked for, summed', () => {
    expect(parseCpuTimes(STAT, [0])).toEqual({
      cpus: 1,
      busyNs: (125_618 + 15_488 + 3456) * 1e7,
      interruptNs: 3456 * 1e7,
      stealNs: 477 * 1e7,
      totalNs: (125_618 + 15_488 + 143_398 + 717 + 3456 + 477) * 1e7,
    })
    expect(parseCpuTimes(STAT, [0, 1])).toMatchObject({ cpus: 2, stealNs: 948 * 1e7 })
  })

  it('do not count the time of guests twice, nor take one CPU for another', () =>
    expect(parseCpuTimes(STAT, [10])).toEqual({
      cpus: 1,
      busyNs: (1 + 2 + 3 + 6 + 7) * 1e7,
      interruptNs: 13e7,
      stealNs: 8e7,
      totalNs: (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8) * 1e7,
    }))

  it('are not known where a CPU is not shown', () => {
    expect(parseCpuTimes(STAT, [0, 2])).toBeUndefined()
    expect(parseCpuTimes('', [0])).toBeUndefined()
  })

  it('are subtracted, and never run backwards', () => {
    const before = { cpus: 1, busyNs: 10, interruptNs: 5, stealNs: 3, totalNs: 100 }
    const after = { cpus: 1, busyNs: 40, interruptNs: 6, stealNs: 2, totalNs: 200 }
    expect(cpuTimesBetween(before, after)).toEqual({
      cpus: 1,
      busyNs: 30,
      interruptNs: 1,
      stealNs: 0,
      totalNs: 100,
    })
  })

  it('are read from this host, for the CPUs this process may use', () => {
    const cpus = cpusAllowed()
    expect(cpus.length).toBeGreaterThan(0)
    const times = readCpuTimes(cpus)!
    expect(times.cpus).toBe(cpus.length)
    expect(times.totalNs).toBeGreaterThanOrEqual(times.busyNs)
    expect(times.busyNs).toBeGreaterThanOrEqual(times.interruptNs)
  })
})

describe('the CPUs a process may run on', () => {
  it('are a list of numbers and ranges', () => {
    expect(parseCpuList('0-3,8')).toEqual([0, 1, 2, 3, 8])
    expect(parseCpuList('5\n')).toEqual([5])
    expect(parseCpuList('')).toEqual([])
    expect(parseCpusAllowed(STATUS)).toEqual([0, 8, 9, 10, 11])
  })

  it('are the same for this process by any of its names, and none for a process that is not there', () => {
    expect(cpusAllowed(process.pid)).toEqual(cpusAllowed())
    expect(cpusAllowed(2 ** 30)).toEqual([])
  })
})
