import { describe, expect, it } from 'vitest'
import { cpuOf, cpusOf, formatCpus, nameCpus, parseCpus } from '../../src/plan/cpu-list.js'
import { completePlan, type HostFacts, type RunRequest } from '../../src/plan/run-plan.js'
import { refusalOf } from './refusal-of.js'

describe('a list of CPUs', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['0,0,0,1', [0, 0, 0, 1]],
    ['3,0-1, 1', [3, 0, 1, 1]],
    ['7-7', [7]],
  ])('%s is read in its order, repetitions kept', (text, cpus) =>
    expect(parseCpus(text, '--pin-members')).toEqual(cpus),
  )

  it.each([
    ['', /is not a list of CPUs/],
    ['x', /'x' is not a list of CPUs: .* 0-3 or 0,0,1\.$/],
    ['0,,1', /is not a list of CPUs/],
    ['-1', /is not a list of CPUs/],
    ['0x1', /is not a list of CPUs/],
    ['1.5', /is not a list of CPUs/],
    ['3-1', /'3-1' runs backwards: .*1-3\.$/],
    ['1024', /'1024' is out of range: CPUs from 0 to 1023/],
    ['0-256', /too long: 256 CPUs at most/],
  ])("'%s' is wrong usage", (text, sentence) =>
    expect(refusalOf(() => parseCpus(text, '--pin-workers'))).toMatch(sentence),
  )

  it('is given out in turn', () => {
    expect([0, 1, 2, 3, 4].map((index) => cpuOf([0, 0, 1], index))).toEqual([0, 0, 1, 0, 0])
    expect(cpusOf([5, 6], 3)).toEqual([5, 6, 5])
    expect(cpuOf(undefined, 3)).toBeUndefined()
    expect(cpusOf(undefined, 3)).toBeUndefined()
  })

  it('is written as people write it', () => {
    expect(formatCpus([0, 1, 2, 3, 8])).toBe('0-3, 8')
    expect(formatCpus([0, 1])).toBe('0, 1')
    expect(formatCpus([0, 0, 0, 1])).toBe('0, 0, 0, 1')
    expect(formatCpus([3, 2, 1])).toBe('3, 2, 1')
    expect([nameCpus([4]), nameCpus([4, 5])]).toEqual(['CPU 4', 'CPUs 4, 5'])
  })
})

describe('a plan with pinning', () => {
  const host: HostFacts = {
    cpus: 3,
    allowedCpus: [0, 2, 3],
    ephemeralPorts: [32_768, 60_999],
    openFiles: { limit: 20_000, used: 30 },
  }
  const planned = (request: RunRequest, facts: Partial<HostFacts> = {}) =>
    completePlan(request, { ...host, ...facts })

  it('keeps the lists, and has none where none was asked for', () => {
    expect(planned({ pinMembers: [0, 0, 2], pinWorkers: [3] })).toMatchObject({
      pinMembers: [0, 0, 2],
      pinWorkers: [3],
    })
    expect(planned({})).not.toHaveProperty('pinMembers')
    expect(planned({})).not.toHaveProperty('pinWorkers')
  })

  it('refuses a CPU that this process may not use, and names those that it may', () => {
    expect(refusalOf(() => planned({ pinMembers: [0, 1] }))).toBe(
      '--pin-members: CPU 1 is none that this process may use: it may use CPUs 0, 2, 3.',
    )
    expect(refusalOf(() => planned({ pinWorkers: [5] }, { allowedCpus: [4] }))).toBe(
      '--pin-workers: CPU 5 is none that this process may use: it may use CPU 4.',
    )
  })

  it('leaves it to the kernel where nobody knows which are allowed', () => {
    expect(planned({ pinMembers: [1] }, { allowedCpus: [] }).pinMembers).toEqual([1])
    const { allowedCpus: _, ...unknown } = host
    expect(completePlan({ pinMembers: [1] }, unknown).pinMembers).toEqual([1])
  })
})
