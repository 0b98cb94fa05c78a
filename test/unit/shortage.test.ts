import { describe, expect, it } from 'vitest'
import { scarcest, shortageClause, type Bounded } from '../../src/host/shortage.js'

const bounded = (left: number, need: number, says = ''): Bounded => ({ left, need, says, raise: '' })

describe('what is short', () => {
  it('is what leaves less than is needed, and of that the scarcest', () => {
    const tasks = bounded(3, 8, 'tasks')
    const memory = bounded(40e6, 90e6, 'memory')
    const files = bounded(0, 8, 'files')
    expect(scarcest([tasks, memory])).toBe(tasks)
    expect(scarcest([memory, files, tasks])).toBe(files)
  })

  it('is nothing where there is as much as is needed of all', () => {
    expect(scarcest([bounded(8, 8), bounded(Infinity, 1e9)])).toBeUndefined()
    expect(scarcest([])).toBeUndefined()
  })

  it('is read from this host, and said with what to try', () => {
    // More than any host has: of memory, which every host tells of.
    expect(shortageClause({ tasks: 0, bytes: 1e18, files: 0 }, 'lower --procs')).toMatch(
      /^(this host has .+ of memory left|the control group .+ of memory): [a-z ]+, or lower --procs$/,
    )
    expect(shortageClause({ tasks: 0, bytes: 0, files: 0 }, 'lower --procs')).toBeUndefined()
  })

  it('counts the files that are open', () => {
    expect(shortageClause({ tasks: 0, bytes: 0, files: 1e12 }, 'lower --procs')).toMatch(
      /^\d+ of at most [\d,]+ files are open \(RLIMIT_NOFILE\): raise it with ulimit -n, or lower --procs$/,
    )
  })
})
