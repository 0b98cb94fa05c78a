import { afterEach, describe, expect, it } from 'vitest'
import type { DispatchKind } from '../../src/plan/dispatch.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { measure, quietPort, type Measured } from './experiment.js'
import { udpSocketsOn } from './kernel-counters.js'
import { frontsOf, isRunning, membersOf, refuseLeftovers } from './process-table.js'

afterEach(() => refuseLeftovers(process.pid))

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)
const procsOf = (dispatch: DispatchKind): RunRequest => (dispatch === 'single' ? {} : { procs: 3 })
const checksOf = (result: RunResult, ...codes: string[]) =>
  codes.map((code) => result.validity.checks.find((check) => check.code === code))
const OUR_COUNTS = ['books-do-not-balance', 'proc-net-udp-drops', 'snmp'] as const

describe.each(['shared', 'single', 'fan-out'] as const)('dispatch %s', (dispatch) => {
  it('takes and answers all that is sent, on one socket, and the kernel counts the same', async () => {
    const port = quietPort()
    let sockets = 0
    let servers: number[] = []
    const { result } = await measure(
      { dispatch, port, flows: 500, ...procsOf(dispatch) },
      {
        onProgress: ({ phase }) => {
          if (phase !== 'measuring' || sockets > 0) return
          sockets = udpSocketsOn(port)
          servers = [...membersOf(process.pid), ...frontsOf(process.pid)]
        },
      },
    )
    const { books, members } = result
    expect(runResult.parse(result)).toEqual(result)
    expect(result.group.dispatch).toBe(dispatch)
    expect(sockets).toBe(1)
    expect(books).toMatchObject({ unexplained: 0, lost: 0, droppedAtMembers: 0, leftAtMembers: 0 })
    expect(total(members.map((m) => m.taken ?? 0))).toBe(books.sent)
    expect(total(members.map((m) => m.replies))).toBe(books.replied)
    expect(checksOf(result, ...OUR_COUNTS)).toMatchObject(OUR_COUNTS.map((code) => ({ code, passed: true })))
    expect(servers).toHaveLength({ shared: 3, single: 1, 'fan-out': 4 }[dispatch])
    expect(
      servers.filter((pid) => isRunning(pid)),
      'nothing is left',
    ).toEqual([])
  })

  it('counts each drop of an overrun once, and has books that balance', async () => {
    const { result } = await overrun({ dispatch, ...procsOf(dispatch) })
    const { books, crossCheck, members, front } = result
    expect(books.droppedAtMembers).toBeGreaterThan(0)
    expect(books).toMatchObject({ unexplained: 0, droppedAtClient: 0 })
    expect(books.sent).toBe(books.taken! + books.droppedAtMembers! + books.leftAtMembers!)
    expect(checksOf(result, ...OUR_COUNTS)).toMatchObject(OUR_COUNTS.map((code) => ({ code, passed: true })))
    // Without a warm-up, what the kernel has dropped at the socket since it was opened is all of the run's.
    const inHandingOn = dispatch === 'fan-out' ? total(members.map((m) => m.drops!)) : 0
    expect(crossCheck).toMatchObject({
      procNetUdpDrops: books.droppedAtMembers! - inHandingOn,
      meminfoDrops: books.droppedAtMembers! - inHandingOn,
      ourDrops: books.droppedAtMembers! - inHandingOn,
    })
    expect(result.validity.findings.map((f) => f.code)).toContain('member-drops')
    expect(members.map((m) => m.drops === undefined)).toEqual(members.map(() => dispatch === 'shared'))
    expect(front === undefined).toBe(dispatch !== 'fan-out')
  })

  it('works with threads of one process', async () => {
    const { result } = await measure({ dispatch, flows: 300, server: 'threads', ...procsOf(dispatch) })
    expect(result.members.map((m) => m.pid)).toEqual(result.members.map(() => process.pid))
    expect(result.books).toMatchObject({ unexplained: 0, lost: 0 })
    expect(total(result.members.map((m) => m.taken ?? 0))).toBe(result.books.sent)
  })

  it('answers from the address that was asked, on a wildcard address', async () => {
    const sourceAddresses = ['127.0.0.1', '127.0.0.9']
    const { result } = await measure({
      dispatch,
      listen: 'any',
      flows: 200,
      sourceAddresses,
      ...procsOf(dispatch),
    })
    expect(result.books).toMatchObject({ unexplained: 0, lost: 0 })
  })
})

/** Five times what members can serve, with queues of a few datagrams. */
async function overrun(request: RunRequest): Promise<Measured> {
  return measure({
    flows: 400,
    rateHz: 8000,
    serviceTimeNs: 2e6,
    serviceKind: 'sleep',
    receiveBufferBytes: 2048,
    warmupNs: 0,
    durationNs: 300e6,
    timeoutNs: 400e6,
    ...request,
  })
}

describe('one socket that all processes read', () => {
  it('gives something to each of them, and flows no member of their own', async () => {
    const { result } = await measure({ dispatch: 'shared', procs: 3, flows: 200, durationNs: 400e6 })
    expect(result.members.every(({ taken = 0 }) => taken > 0)).toBe(true)
    expect(result.affinity).toMatchObject({ expected: false, unanswered: 0, unasked: 0, violations: [] })
    expect(result.affinity.moved).toBeGreaterThan(0)
    expect(result.balance).toBeUndefined()
    expect(result.takenBalance).toBeUndefined()
    expect(result.members.map(({ sent, residual }) => ({ sent, residual }))).toEqual(
      result.members.map(() => ({ sent: undefined, residual: undefined })),
    )
  })
})

describe('a front that hands on', () => {
  it('keeps each flow at one member, and spreads flows as a fair hash does', async () => {
    const { result } = await measure({ dispatch: 'fan-out', procs: 4, flows: 5000, inFlight: 100 })
    expect(result.affinity).toMatchObject({ flows: 5000, moved: 0, unanswered: 0, unasked: 0 })
    expect(result.balance).toMatchObject({ flows: 5000, members: 4 })
    expect(result.balance!.pValue).toBeGreaterThan(1e-6)
    expect(result.members.map((m) => m.unexplained)).toEqual([0, 0, 0, 0])
    expect(result.front).toMatchObject({
      taken: result.books.sent,
      handedOn: result.books.sent,
      drops: 0,
      strangers: 0,
    })
    expect(result.front!.cpuNs).toBeGreaterThan(0)
    expect(result.front!.residentBytes).toBeGreaterThan(0)
  })

  it('draws anew in every run: the same sources go elsewhere', async () => {
    const request = { dispatch: 'fan-out', procs: 4, flows: 1000, requests: 1, port: quietPort() } as const
    const [first, second] = [await measure(request), await measure(request)]
    const before = new Map(first.flows.map((f) => [`${f.sourceAddress}:${f.sourcePort}`, f.member]))
    const again = second.flows.filter((f) => before.get(`${f.sourceAddress}:${f.sourcePort}`) === f.member)
    // A quarter by chance: 250 with a standard deviation of 13.7, so this is 8 of them away.
    expect(again.length).toBeLessThan(360)
  })

  it('passes on when a datagram came to the host', async () => {
    const { result } = await measure({ dispatch: 'fan-out', procs: 2, flows: 100, rateHz: 2000 })
    const { legs, latency, books } = result
    expect(legs!.queue!.count).toBe(books.replied)
    expect(legs!.request!.count).toBe(books.replied)
    expect(legs!.queue!.maxNs).toBeLessThanOrEqual(latency!.service.maxNs)
    // The way through the front takes time: two system calls and a process that wakes up.
    expect(legs!.queue!.minNs).toBeGreaterThan(0)
  })

  it('drops what a member has no room for, and counts it for that member', async () => {
    const { result } = await overrun({ dispatch: 'fan-out', procs: 3 })
    const { front, members, books } = result
    const inHandingOn = total(members.map((m) => m.drops!))
    expect(inHandingOn).toBeGreaterThan(0)
    expect(front!.taken).toBe(front!.handedOn + inHandingOn)
    expect(front!.drops + inHandingOn).toBe(books.droppedAtMembers)
    expect(front!.handedOn).toBe(books.taken! + books.leftAtMembers!)
  })

  it('hands on the largest datagrams', async () => {
    const request = { procs: 2, flows: 10, inFlight: 1, payloadBytes: 65_507, requests: 3 }
    const { result } = await measure({ dispatch: 'fan-out', ...request })
    expect(result.books).toMatchObject({ sent: 30, replied: 30, lost: 0, unexplained: 0 })
  })

  it('is named when it is killed, and nothing is left running', async () => {
    let killed = 0
    let members: number[] = []
    const { result } = await measure(
      { dispatch: 'fan-out', procs: 2, flows: 100, warmupNs: 0, durationNs: 600e9, timeoutNs: 200e6 },
      {
        onProgress: ({ phase, figures }) => {
          if (phase !== 'measuring' || figures.replied === 0 || killed > 0) return
          members = membersOf(process.pid)
          killed = frontsOf(process.pid)[0]!
          process.kill(killed, 'SIGKILL')
        },
      },
    )
    expect(result).toMatchObject({
      stopped: 'failed',
      failure: `The front (process ${killed}) was killed by SIGKILL.`,
      front: { pid: killed, died: 'was killed by SIGKILL' },
      validity: { verdict: 'invalid' },
    })
    expect(runResult.parse(result)).toEqual(result)
    expect(result.validity.findings.map((f) => f.code)).toContain('front-died')
    expect(result.members.map((m) => m.died)).toEqual([undefined, undefined])
    expect(result.books.replied).toBeGreaterThan(0)
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
  })

  it('goes on for the others when a member is killed, which is named', async () => {
    let killed = 0
    const { result } = await measure(
      { dispatch: 'fan-out', procs: 2, flows: 100, warmupNs: 0, durationNs: 600e9, timeoutNs: 200e6 },
      {
        onProgress: ({ phase, figures }) => {
          if (phase !== 'measuring' || figures.replied === 0 || killed > 0) return
          killed = membersOf(process.pid)[0]!
          process.kill(killed, 'SIGKILL')
        },
      },
    )
    expect(result.failure).toMatch(new RegExp(`^Member \\d \\(process ${killed}\\) was killed by SIGKILL`))
    expect(result.front!.died).toBeUndefined()
    expect(result.members.filter((m) => m.died !== undefined)).toHaveLength(1)
  })
})
