import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { OwnGroup } from '../../src/group/own-group.js'
import { cpusAllowed, parseCpusAllowed } from '../../src/host/cpu-time.js'
import { runResult } from '../../src/result/run-result.js'
import { measure } from './experiment.js'
import { groupOptions } from './group-options.js'
import { membersOf, refuseLeftovers } from './process-table.js'

const allowed = cpusAllowed()
const [first, last] = [allowed[0]!, allowed.at(-1)!]

/** How many threads of this process may run on this CPU only. */
function threadsOn(cpu: number): number {
  return readdirSync('/proc/self/task').filter((thread) => {
    try {
      const cpus = parseCpusAllowed(readFileSync(`/proc/self/task/${thread}/status`, 'latin1'))
      return cpus.length === 1 && cpus[0] === cpu
    } catch {
      return false // it just ended
    }
  }).length
}

describe('pinned members and client threads', () => {
  it('run where they were put, and the result says where that was', async () => {
    let members: number[][] = []
    let threads = 0
    const idle = threadsOn(first)
    const { result } = await measure(
      { procs: 3, flows: 200, workers: 2, pinMembers: [first, first, last], pinWorkers: [first] },
      {
        onProgress: ({ phase }) => {
          if (phase !== 'measuring' || members.length > 0) return
          threads = threadsOn(first)
          members = membersOf(process.pid).map((pid) => cpusAllowed(pid))
        },
      },
    )
    expect(members.toSorted((a, b) => a[0]! - b[0]!)).toEqual([[first], [first], [last]])
    // On a machine of one CPU every thread may run only there, also before.
    expect(threads - (allowed.length === 1 ? 0 : idle)).toBeGreaterThanOrEqual(2)
    expect(result.members.map(({ cpu }) => cpu)).toEqual([first, first, last])
    expect(result.client?.cpus).toEqual([first, first])
    expect(runResult.parse(result)).toEqual(result)
    expect(result.books).toMatchObject({ unexplained: 0 })
    expect(result.validity.findings.find(({ code }) => code === 'shared-cores')?.message).toMatch(
      new RegExp(`^Client threads and members are both pinned to CPU ${first}: `),
    )
  })

  it('can be threads of one process', async () => {
    let threads = 0
    const { result } = await measure(
      { procs: 3, flows: 100, server: 'threads', pinMembers: [last] },
      {
        onProgress: ({ phase }) => {
          if (phase === 'measuring') threads = Math.max(threads, threadsOn(last))
        },
      },
    )
    expect(threads).toBeGreaterThanOrEqual(3)
    expect(result.members.map(({ cpu }) => cpu)).toEqual([last, last, last])
    expect(result.client?.cpus).toBeUndefined()
  })

  it('are apart, and nothing is shared, where their CPUs are', async ({ skip }) => {
    if (allowed.length === 1) skip('there is one CPU')
    const { result } = await measure({ procs: 3, flows: 200, pinMembers: [first], pinWorkers: [last] })
    expect(result.validity.checks.find(({ code }) => code === 'shared-cores')).toEqual({
      code: 'shared-cores',
      measured: 0,
      limit: 0,
      passed: true,
    })
  })
})

describe('a member that joins later', () => {
  let group: OwnGroup | undefined
  afterEach(async () => {
    await group?.stop()
    refuseLeftovers(process.pid)
  })

  it('is pinned as its index says', async () => {
    group = await OwnGroup.start(groupOptions({ members: 1, joiners: 2, pinMembers: [first, last] }))
    const never = new AbortController().signal
    const { life } = await group.join({ member: 1, generation: 0 }, never)
    const { life: again } = await group.join({ member: 0, generation: 1 }, never)
    expect([0, life, again].map((i) => cpusAllowed(group!.hosts[i]!.pid))).toEqual([[first], [last], [first]])
  })
})

describe('a member that cannot be pinned', () => {
  it('says so while it starts', async () => {
    const starting = OwnGroup.start(groupOptions({ members: 1, pinMembers: [1023] }))
    await expect(starting).rejects.toMatchObject({
      code: 'RPB_MEMBER',
      message: expect.stringMatching(
        / could not serve: pinning to CPU 1023 failed \(EINVAL\) while starting\.$/,
      ) as string,
    })
  })
})
