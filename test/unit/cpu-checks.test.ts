import { describe, expect, it } from 'vitest'
import type { Observations } from '../../src/analysis/validity/observations.js'
import { validityOf } from '../../src/assembly/validity.js'
import { healthy, openLoop, failed, findingOf, pinnedTo } from './sample-observations.js'

describe('a busy client', () => {
  it('is only worth a note in a closed loop: it sets the rate there', () => {
    const observed = { ...healthy, clientCpuShares: [0.99] }
    expect(findingOf(observed, 'client-cpu')).toMatchObject({
      severity: 'note',
      message:
        'A client thread used 99 % of a CPU: the client, not the group, sets the rate of this closed loop.',
    })
    expect(validityOf(observed).verdict).toBe('valid')
  })

  it('is told to take more threads only where there are CPUs for them', () => {
    const busy = { ...openLoop, clientCpuShares: [0.99] }
    const onCpus = (allowedCpus: number): string | undefined =>
      findingOf({ ...busy, cpu: { ...busy.cpu, allowedCpus } }, 'client-cpu')?.nextStep
    expect(onCpus(8)).toBe('Add --workers (now 1), or lower --rate (now 20,000/s).')
    expect(onCpus(3)).toBe(
      'Lower --rate (now 20,000/s), lower --procs (now 2), or allow the run more CPUs: ' +
        '1 client thread and 2 members share 3 CPUs, so more --workers would not help.',
    )
  })

  it('is told of --in-flight in a closed loop', () =>
    expect(findingOf({ ...healthy, droppedAtClient: 2 }, 'client-drops')).toMatchObject({
      message: "2 replies were dropped at the client's own sockets: it was too slow to take them.",
      nextStep: expect.stringMatching(/^Lower --in-flight \(now 64\)/) as string,
    }))
})

const others = (cpu: NonNullable<Observations['cpu']>): number | undefined =>
  validityOf({ ...healthy, cpu }).checks.find((c) => c.code === 'busy-neighbour')?.measured

describe('the CPU time of others', () => {
  const { interruptsInOwn, ...unknown } = {
    ...healthy.cpu,
    busyNs: 10e9,
    ownNs: 7e9,
    interruptNs: 2e9,
    totalNs: 10e9,
  }

  it('is what is busy and not ours, where tasks pay for interrupts', () =>
    expect(others({ ...unknown, interruptsInOwn })).toBeCloseTo(0.3, 12))

  it('leaves interrupts out where nobody pays for them, or where that is not known', () => {
    expect(others({ ...unknown, interruptsInOwn: false })).toBeCloseTo(0.1, 12)
    expect(others(unknown)).toBeCloseTo(0.1, 12)
  })

  it('is never below nothing, and not told from ticks too few to say', () => {
    expect(others({ ...unknown, ownNs: 11e9 })).toBe(0)
    expect(others({ ...unknown, totalNs: 1.9e9 })).toBeUndefined()
  })
})

describe('shared cores', () => {
  it('come with the number of members that would leave the client one', () => {
    expect(findingOf(healthy, 'shared-cores')?.nextStep).toBe(
      'For latencies free of that, --procs 1, or allow the run more CPUs.',
    )
    const crowded = { ...healthy, load: { ...healthy.load, workers: 2 } }
    expect(findingOf(crowded, 'shared-cores')?.nextStep).toBe('Allow the run more CPUs.')
  })
})

describe('cores shared by pinning', () => {
  it('are named where client threads and members are pinned to the same CPU', () => {
    const observed = pinnedTo([0, 0, 1, 2], [1, 2, 3])
    expect(findingOf(observed, 'shared-cores')).toMatchObject({
      severity: 'note',
      measured: 2,
      limit: 0,
      message: 'Client threads and members are both pinned to CPUs 1, 2: they take time from each other.',
      nextStep: 'Give --pin-members and --pin-workers CPUs apart from each other.',
    })
  })

  it('make a run suspect where that is all the CPUs that it has', () =>
    expect(findingOf(pinnedTo([3, 3], [3]), 'shared-cores')).toMatchObject({
      severity: 'suspect',
      message: expect.stringMatching(/both pinned to CPU 3: while one works, the others wait/) as string,
    }))

  it('are none where pinning keeps both apart, however many members there are', () => {
    const crowd = pinnedTo([0, 0, 0, 0], [1], { load: { ...healthy.load, members: 4 } })
    expect(failed(crowd)).toEqual([])
    const { cpu: _, ...unknown } = crowd
    expect(validityOf(unknown).checks.find((c) => c.code === 'shared-cores')).toMatchObject({ passed: true })
  })

  it('may be there where only one side is pinned, and there is no CPU left for the other', () => {
    expect(findingOf(pinnedTo([0, 1]), 'shared-cores')).toMatchObject({
      severity: 'note',
      measured: 3,
      limit: 2,
      message:
        '1 client thread and 2 members share 2 CPUs, and only members are pinned (CPUs 0, 1): they may take time from each other.',
    })
    expect(findingOf(pinnedTo(undefined, [1]), 'shared-cores')?.message).toMatch(
      /only client threads are pinned \(CPU 1\)/,
    )
    expect(failed(pinnedTo([0, 0]))).toEqual([])
  })

  it('are not told to be relieved by threads that take turns on them', () => {
    const busy = pinnedTo([0], [1], { ...openLoop, clientCpuShares: [0.99] })
    expect(findingOf(busy, 'client-cpu')?.nextStep).toBe(
      'Give --pin-workers more CPUs that no member uses, with as many --workers (now 1), or lower --rate (now 20,000/s).',
    )
  })
})
