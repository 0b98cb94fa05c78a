import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cpusAllowed } from '../../src/host/cpu-time.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import type { Imbalance, ImbalanceCause } from '../../src/result/imbalance.js'
import { startBusyNeighbours, type BusyNeighbours } from './busy-neighbours.js'
import { measure, type Measured } from './experiment.js'
import { whileGroupsAreSkewed } from './skewed-group.js'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rpbench-overload-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

/**
 * Four members that sleep 2 ms for each request: 2000 of them a second, and next to no CPU time. A fair hash spreads as
 * many flows by more than 10 % less than once in ten million runs.
 */
const SLEEPING: RunRequest = {
  procs: 4,
  flows: 4000,
  serviceTimeNs: 2e6,
  serviceKind: 'sleep',
  durationNs: 1e9,
  warmupNs: 50e6,
  timeoutNs: 700e6,
}
const TWICE = 4000

async function overload(request: RunRequest): Promise<Measured & { imbalance: Imbalance }> {
  const measured = await measure({ ...SLEEPING, rateHz: TWICE, ...request })
  const { imbalance, books } = measured.result
  expect(imbalance, 'is judged').toBeDefined()
  expect(books.unexplained, 'the books balance').toBe(0)
  return { ...measured, imbalance: imbalance! }
}

const named = ({ causes }: Imbalance): [ImbalanceCause['cause'], number[]][] =>
  causes.map(({ cause, members }) => [cause, members])

/** Their members sleep: together they take a fifth of the CPU time that there is, and wait at the same time. */
describe.concurrent('a group that is offered twice what it can do', () => {
  it('is even when its members are: all of them drop alike, and flows keep their members', async () => {
    const { imbalance, result, flows } = await overload({})
    expect(imbalance).toMatchObject({
      overloaded: true,
      verdict: 'even',
      causes: [],
      parts: { weights: { verdict: 'even' }, delivery: { verdict: 'even' } },
    })
    expect(imbalance.overload.members).toEqual([0, 1, 2, 3])
    expect(imbalance.overload.droppedAtMembers).toBe(result.books.droppedAtMembers)
    expect(result.affinity.moved).toBe(0)
    // What came to a socket is what was sent on the flows that its member answered, and the rest of it on unanswered ones.
    const { sent } = result.books
    const surplus = imbalance.members.map(
      ({ index, offeredShare }) =>
        offeredShare * sent - flows.reduce((sum, flow) => sum + (flow.member === index ? flow.sent : 0), 0),
    )
    expect(Math.min(...surplus)).toBeGreaterThan(-1e-6)
    expect(surplus.reduce((a, b) => a + b)).toBeCloseTo(imbalance.unknown.sent, 6)
    for (const share of ['flowShare', 'offeredShare', 'deliveredShare'] as const)
      expect(imbalance.members.reduce((sum, member) => sum + member[share], 0)).toBeCloseTo(1, 9)
    const answered = imbalance.members.reduce((sum, m) => sum + m.answeredShare! * m.offeredShare, 0)
    expect(answered).toBeCloseTo(result.books.replied / result.books.sent, 9)
  })

  it('names a slow member, and does not take its unanswered flows for a skewed hash', async () => {
    const { imbalance, result } = await overload({ slowMember: { index: 2, serviceTimeNs: 8e6 } })
    expect(named(imbalance)).toEqual([['slow-member', [2]]])
    expect(imbalance.parts).toMatchObject({ weights: { verdict: 'even' }, delivery: { verdict: 'uneven' } })
    // A request takes as long as it sleeps, at least. What of that is work depends on what else wants the CPU meanwhile.
    const work = imbalance.members.map(({ workPerRequestNs }) => workPerRequestNs!)
    imbalance.members.forEach(({ waitPerRequestNs }, index) =>
      expect(work[index]! + waitPerRequestNs!).toBeGreaterThan(index === 2 ? 8e6 : 2e6),
    )
    const [cause] = imbalance.causes as Extract<ImbalanceCause, { cause: 'slow-member' }>[]
    expect(cause!.workPerRequestNs).toBe(work[2])
    expect(cause!.othersWorkPerRequestNs).toBe(work.toSpliced(2, 1).toSorted((a, b) => a - b)[1])
    expect(cause!.ratio).toBe(work[2]! / cause!.othersWorkPerRequestNs)
    expect(result.balance!.verdict).not.toBe('skewed')
    expect(result.affinity.moved).toBe(0)
  })

  it('names heavy flows, and no member that they overload', async () => {
    // Of 4000 flows two carry three quarters of the load: no hash can share them alike among four members.
    const weights = join(directory, 'weights')
    writeFileSync(weights, Array.from({ length: 4000 }, (_, flow) => (flow < 2 ? 6000 : 1)).join('\n'))
    const { imbalance } = await overload({ weights })
    expect(named(imbalance).map(([cause]) => cause)).toContain('weights')
    expect(imbalance.parts.delivery.verdict).toBe('even')
    const cause = imbalance.causes.find((c) => c.cause === 'weights')!
    expect(cause.effectiveFlows).toBeLessThan(5)
  })

  it('is judged by where its flows were put, and not by as many as a queue holds', async () => {
    // Each member answers about the 256 flows whose first request its queue has room for: far too even for a hash.
    const { result } = await measure({
      ...SLEEPING,
      flows: 2000,
      inFlight: 2000,
      durationNs: 1500e6,
      timeoutNs: 3e9,
      seed: 7,
    })
    const { balance, imbalance, affinity } = result
    expect(affinity.unanswered).toBeGreaterThan(500)
    expect(balance).toMatchObject({ basis: 'reckoned', flows: 2000 })
    expect(balance!.pValue).toBeGreaterThan(1e-6)
    expect(['fair', 'uneven-below-bound']).toContain(balance!.verdict)
    expect(imbalance!.parts.hash).toMatchObject({ cv: balance!.cv, verdict: 'even' })
  })

  it('accuses nobody where flows are few', async () => {
    const { imbalance, result } = await overload({ flows: 3 })
    expect(imbalance.verdict).toBe('few-flows')
    expect(imbalance.parts).toMatchObject({
      hash: { verdict: 'underpowered' },
      delivery: { verdict: 'even' },
    })
    expect(result.balance!.verdict).toBe('underpowered')
  })

  it('says how many flows of a member that answers none have no known member', async () => {
    // The deadline passes before the member has done its first.
    const { result } = await measure({
      ...SLEEPING,
      slowMember: { index: 1, serviceTimeNs: 1e9 },
      warmupNs: 0,
      rateHz: 8000,
      durationNs: 500e6,
      timeoutNs: 400e6,
    })
    const { affinity, balance, validity, books } = result
    const imbalance = result.imbalance!
    // It stops at a request, whose echo nobody hears any more.
    expect(books.unexplainedRequests).toBe(0)
    expect(imbalance.members[1]!.answeredShare).toBe(0)
    expect(imbalance.members[1]!.offeredShare).toBeGreaterThan(0.1)
    expect(imbalance.unknown.flows).toBe(affinity.unanswered)
    expect(imbalance.parts.hash.verdict).not.toBe('uneven')
    expect(balance!.verdict).not.toBe('skewed')
    expect(validity.findings.map(({ code }) => code)).toContain('flows-unanswered')
    expect(named(imbalance).flatMap(([, members]) => members)).toEqual([1])
  })
})

describe('a group that is offered twice what it can do, of a process whose groups are all skewed', () => {
  it('names a program that gives one member more flows, in both lines of one report', async () => {
    const { imbalance, result } = await whileGroupsAreSkewed(() =>
      overload({ flows: 4000, durationNs: 1500e6 }),
    )
    const balance = result.balance!
    expect(result.affinity.unanswered).toBeGreaterThan(500)
    expect(balance).toMatchObject({ basis: 'reckoned', verdict: 'skewed' })
    expect(balance.flowsPerMember[0]! / balance.flows).toBeCloseTo(0.31, 1)
    expect(named(imbalance).map(([cause]) => cause)).toEqual(['hash'])
    expect(named(imbalance)[0]![1]).toContain(0)
    expect(imbalance.parts.hash).toMatchObject({ cv: balance.cv, verdict: 'uneven' })
  })
})

const cpus = cpusAllowed()

/** Members that compute 300 µs for each request. */
const COMPUTING: RunRequest = { serviceTimeNs: 300e3, serviceKind: 'cpu', durationNs: 1500e6 }

/**
 * Who gets how much of a CPU is not ours alone: what else this machine does at the moment may starve the others as well. So
 * these may take another turn.
 */
const TURNS = { retry: 3 }

describe.runIf(cpus.length >= 2)('members that do not get the CPU that others get', () => {
  it('because they are pinned to one, are named with it', TURNS, async () => {
    const [one, other] = cpus as [number, number]
    const { imbalance, result } = await overload({
      ...COMPUTING,
      rateHz: 8000,
      pinMembers: [one, one, one, other],
    })
    expect(result.members.map(({ cpu }) => cpu)).toEqual([one, one, one, other])
    expect(named(imbalance)).toEqual([['scheduler', [0, 1, 2]]])
    for (const { runDelayShare } of imbalance.members.slice(0, 3)) expect(runDelayShare).toBeGreaterThan(0)
  })

  describe('because neighbours are busy on it', () => {
    let neighbours: BusyNeighbours
    beforeAll(async () => {
      neighbours = await startBusyNeighbours(cpus[0]!, 2)
    })
    afterAll(() => neighbours.stop())

    it('are named with it', TURNS, async () => {
      const [one, other] = cpus as [number, number]
      const { imbalance } = await overload({
        ...COMPUTING,
        procs: 2,
        rateHz: 6000,
        pinMembers: [one, other],
      })
      expect(named(imbalance)).toEqual([['scheduler', [0]]])
    })
  })
})
