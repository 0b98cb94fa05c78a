import { beforeAll, describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { assignment, measure, quietPort, type Measured } from './experiment.js'
import { udpCounters } from './kernel-counters.js'
import { MemberMemory } from './member-memory.js'
import { isRunning, membersOf } from './process-table.js'

const MEMBERS = 4
const FLOWS = 10_000

describe(`a run of ${MEMBERS} member processes and ${FLOWS} flows`, () => {
  let run: Measured
  let memory: MemberMemory | undefined
  let received: number

  beforeAll(async () => {
    const before = udpCounters()
    run = await measure(
      { procs: MEMBERS, flows: FLOWS, inFlight: 200, durationNs: 300e6 },
      {
        onProgress: ({ phase }) => {
          if (phase === 'measuring') memory ??= MemberMemory.of(membersOf(process.pid)[0]!)
        },
      },
    )
    received = udpCounters()['InDatagrams']! - before['InDatagrams']!
    return () => memory?.close()
  })

  it('gives the packets that each member process itself counted', () => {
    const counters = memory!.read(MEMBERS)
    for (const member of run.result.members) {
      const own = counters.read(member.index)
      expect(member.taken).toBeGreaterThan(0)
      expect([member.taken, member.echoed, member.echoErrors, member.drops, member.strangers]).toEqual([
        own.taken[1],
        own.echoed[1],
        0,
        0,
        0,
      ])
    }
  })

  it('says how true the stamps of its requests were, as seen in its warm-up', () => {
    const { stampError, service } = run.result.latency!
    expect(stampError!.count).toBeGreaterThan(100)
    expect(stampError!.meanNs).toBeGreaterThan(0)
    expect(stampError!.ofService).toBe(stampError!.meanNs / service.meanNs)
    // The measured phase itself is not burdened with them.
    expect(run.result.legs).not.toHaveProperty('request')
  })

  it('has books that balance: what members took is what was sent, on each member and in total', () => {
    const { books, members } = run.result
    const total = (key: 'taken' | 'replies' | 'sent'): number =>
      members.reduce((sum, member) => sum + member[key]!, 0)
    expect(total('taken')).toBe(books.sent)
    expect(total('replies')).toBe(books.replied)
    expect(members.map((m) => m.sent)).toEqual(members.map((m) => m.taken))
    expect(books).toMatchObject({
      unexplained: 0,
      lost: 0,
      droppedAtMembers: 0,
      droppedAtClient: 0,
      leftAtMembers: 0,
      duplicates: 0,
      sendErrors: 0,
    })
    expect(books.echoed).toBe(books.replied + books.late)
  })

  it('uses every flow, each from a source of its own', () => {
    expect(run.flows.map((flow) => flow.flow)).toEqual(Array.from({ length: FLOWS }, (_, i) => i))
    expect(assignment(run.flows).size).toBe(FLOWS)
    expect(run.flows.every((flow) => flow.sent > 0)).toBe(true)
    expect(run.flows.reduce((sum, flow) => sum + flow.sent, 0)).toBe(run.result.books.sent)
    expect(run.flows.reduce((sum, flow) => sum + flow.replied, 0)).toBe(run.result.books.replied)
  })

  it('uses all flows equally often', () => {
    // Those at rest when the time is over were asked at most once less; in flight, a flow may fall one more behind.
    const sent = run.flows.map((flow) => flow.sent)
    expect(Math.max(...sent) - Math.min(...sent)).toBeLessThanOrEqual(2)
  })

  it('sees each flow at one member only', () => {
    expect(run.result.affinity).toEqual({ flows: FLOWS, moved: 0, unanswered: 0, unasked: 0, violations: [] })
    const counts = run.result.members.map(
      (member) => run.flows.filter((flow) => flow.member === member.index).length,
    )
    expect(run.result.members.map((member) => member.flows)).toEqual(counts)
  })

  it('finds a spread that a fair hash can give', () => {
    expect(run.result.balance).toMatchObject({ flows: FLOWS, members: MEMBERS, degreesOfFreedom: 3 })
    expect(run.result.balance!.pValue).toBeGreaterThan(1e-6)
  })

  it('counts no more datagrams than the kernel handed out', () => {
    const { taken, replied, late } = run.result.books
    expect(received).toBeGreaterThanOrEqual(taken! + replied + late)
  })

  it('records the latency of every reply in time, overall and per member', () => {
    const { latency, books, members } = run.result
    expect(latency!.service.count).toBe(books.replied)
    expect(members.map((m) => m.latency!.service.count)).toEqual(members.map((m) => m.replies))
    expect(latency!.service.minNs).toBe(Math.min(...members.map((m) => m.latency!.service.minNs)))
    expect(latency!.service.maxNs).toBe(Math.max(...members.map((m) => m.latency!.service.maxNs)))
  })

  it('knows no leg of a round trip that is longer than the longest round trip', () => {
    const { latency, legs } = run.result
    for (const leg of Object.values(legs!).filter((one) => one !== undefined)) {
      expect(leg.count).toBeGreaterThan(0)
      expect(leg.maxNs).toBeLessThanOrEqual(latency!.service.maxNs)
    }
  })

  it('follows the schema of results, and leaves no process behind', () => {
    expect(runResult.parse(run.result)).toEqual(run.result)
    expect(run.result.stopped).toBeUndefined()
    expect(run.result.members.map((m) => m.pid).filter((pid) => isRunning(pid))).toEqual([])
    expect(membersOf(process.pid)).toEqual([])
  })
})

describe('the same source ports', () => {
  const flows = 2000
  // A source address that no other test sends from: those that run beside this one hold ports of the usual one.
  const plan = {
    procs: 4,
    flows,
    inFlight: 100,
    warmupNs: 0,
    durationNs: 50e6,
    sourceAddresses: ['127.0.71.1'],
  }

  it('on the same port are given to the same members again; on another port they are drawn anew', async () => {
    const port = quietPort()
    const [first, second, other] = [
      await measure({ ...plan, port }),
      await measure({ ...plan, port }),
      await measure({ ...plan, port: quietPort() }),
    ]
    expect(first.result.group.port).toBe(port)
    const before = assignment(first.flows)
    // A source port that somebody held for the moment was replaced: compare those that both runs had.
    const common = second.flows.filter((f) => before.has(`${f.sourceAddress}:${f.sourcePort}`))
    expect(common.length).toBeGreaterThan(0.9 * flows)
    expect(common.map((f) => f.member)).toEqual(
      common.map((f) => before.get(`${f.sourceAddress}:${f.sourcePort}`)),
    )
    const again = other.flows.filter((f) => before.get(`${f.sourceAddress}:${f.sourcePort}`) === f.member)
    // A quarter by chance: 500 with a standard deviation of 19.4, so this is 8 of them away.
    expect(again.length).toBeLessThan(660)
  })

  it('are in no two repetitions, which are therefore draws of their own on the same port, too', async () => {
    const port = quietPort()
    const [first, second] = [await measure({ ...plan, port }, {}, 0), await measure({ ...plan, port }, {}, 1)]
    const before = assignment(first.flows)
    const common = second.flows.filter((f) => before.has(`${f.sourceAddress}:${f.sourcePort}`))
    // Only what took the place of a port that somebody held for the moment.
    expect(common.length).toBeLessThan(0.05 * flows)
    expect(first.result.plan.effective.seed).not.toBe(second.result.plan.effective.seed)
  })
})
