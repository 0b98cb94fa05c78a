import { expect, it } from 'vitest'
import type { GroupView } from '../../src/experiment/attach/view.js'
import { watchGroup } from '../../src/experiment/attach.js'
import type { OpenObserver } from '../../src/observer/observer.js'
import type { AttachPlan } from '../../src/plan/attach-plan.js'
import type { HeldSocket } from '../../src/recording/observation.js'
import type { SocketReading, WatchedInterval } from '../../src/recording/watched-group.js'
import { FakeClock } from './fake-clock.js'
import { watchedMember } from './watched-group.js'

const PLAN: AttachPlan = { port: 53, upTo: 'count', durationNs: 2e9, intervalNs: 500e6 }
const socket = (index: number): SocketReading => watchedMember(index).socket

/** A port whose sockets are what `sockets` says at a time; what is asked of it is counted. */
class FakePort implements GroupView {
  searches = 0
  readonly elsewhere: number | undefined
  constructor(
    readonly clock: FakeClock,
    readonly socketsAt: (nowNs: number) => SocketReading[],
    elsewhere?: number,
  ) {
    this.elsewhere = elsewhere
  }
  sockets(protocol: 'udp' | 'tcp'): SocketReading[] {
    return protocol === 'udp' ? this.socketsAt(this.clock.nowNs()) : []
  }
  holders(inodes: Iterable<number>) {
    this.searches++
    const held = [...inodes].map((inode) => [inode, [{ pid: inode, fd: 3, command: 'server' }]] as const)
    return { byInode: new Map(held.map(([inode, holders]) => [inode, [...holders]])), hidden: false }
  }
  lookAtReaders(): void {}
  readersOf = () => ({ threads: [], registeredBy: [], othersUnseen: false })
  tcpMigrate = () => undefined
  lookNs = () => 0
  cpuNs = () => 0
}

/** Counts a packet at each socket for each time that it is asked, and remembers what was asked of it. */
function fakeObserver() {
  const followed: number[][] = []
  let read = 0
  let closed = 0
  let sockets: readonly HeldSocket[] = []
  const open: OpenObserver = (request) => {
    sockets = request.sockets
    return {
      level: 'count',
      refusals: [],
      notes: ['a note'],
      follow: (now) => {
        sockets = now
        followed.push(now.map(({ inode }) => inode))
      },
      counts: () => {
        read++
        const counted = sockets.map(({ cookie, inode }) => ({ cookie: cookie!, inode, packets: read }))
        return { flows: [], sockets: counted, unlisted: 0 }
      },
      explained: () => undefined,
      takers: () => undefined,
      takersRefused: undefined,
      close: () => {
        closed++
        return { ownNs: 0 }
      },
    }
  }
  return { open, followed, timesClosed: () => closed }
}

async function watch(plan: AttachPlan, view: FakePort, openObserver: OpenObserver, abortAtNs = Infinity) {
  const abort = new AbortController()
  if (abortAtNs < Infinity) view.clock.at(abortAtNs, () => abort.abort())
  const told: WatchedInterval[] = []
  const options = { plan, signal: abort.signal, onInterval: (one: WatchedInterval) => told.push(one) }
  const watching = watchGroup(options, { clock: view.clock, view, openObserver })
  await Promise.race([watching, view.clock.advanceTo(3e9)])
  return { ...(await watching), told }
}

it('looks ten times a second, and tells each interval with what was counted in it', async () => {
  const view = new FakePort(new FakeClock(), () => [socket(0), socket(1)])
  const observer = fakeObserver()
  const { watched, told } = await watch(PLAN, view, observer.open)
  expect(told.map(({ fromNs, toNs }) => [fromNs, toNs])).toEqual([
    [0, 500e6],
    [500e6, 1000e6],
    [1000e6, 1500e6],
    [1500e6, 2000e6],
  ])
  expect(told.map(({ members }) => members.map(({ packets }) => packets))).toEqual(
    Array.from({ length: 4 }, () => [1, 1]),
  )
  expect(watched).toMatchObject({
    protocol: 'udp',
    level: 'count',
    notes: ['a note'],
    durationNs: 2e9,
  })
  expect(watched.looks).toBeGreaterThanOrEqual(20)
  expect(watched.looks).toBeLessThanOrEqual(23)
  expect(observer.timesClosed()).toBeGreaterThan(0)
})

it('hands the observer a socket that comes, and looks for its holders', async () => {
  const view = new FakePort(new FakeClock(), (now) => [socket(0), ...(now >= 700e6 ? [socket(1)] : [])])
  const observer = fakeObserver()
  const { watched } = await watch(PLAN, view, observer.open)
  expect(observer.followed).toEqual([[1000, 1001]])
  expect(watched.members[1]).toMatchObject({ joinedNs: 700e6, holders: [{ pid: 1001 }] })
})

it('ends where it is aborted, with what was seen by then, and lets go', async () => {
  const observer = fakeObserver()
  const view = new FakePort(new FakeClock(), () => [socket(0)])
  const { watched, told } = await watch(PLAN, view, observer.open, 1.2e9)
  expect(watched).toMatchObject({ stopped: 'interrupted', durationNs: 1.2e9 })
  expect(told.at(-1)!.toNs).toBe(1.2e9)
  expect(observer.timesClosed()).toBeGreaterThan(0)
})

it('keeps what was seen where a look fails, says why, and lets go', async () => {
  const observer = fakeObserver()
  const view = new FakePort(new FakeClock(), (now) => {
    if (now > 1e9) throw new Error('It is gone.')
    return [socket(0)]
  })
  const { watched, failure, told } = await watch(PLAN, view, observer.open)
  expect(failure).toEqual(new Error('It is gone.'))
  expect(watched).toMatchObject({ stopped: 'failed', failure: 'It is gone.' })
  expect(watched.members).toHaveLength(1)
  expect(told).toHaveLength(2)
  expect(observer.timesClosed()).toBeGreaterThan(0)
})

it('tells an observer of a process only where its network is another', async () => {
  const asked: unknown[] = []
  const open: OpenObserver = (request) => {
    asked.push(request.pid)
    return fakeObserver().open(request)
  }
  for (const elsewhere of [undefined, 4711])
    await watch({ ...PLAN, pid: 4711 }, new FakePort(new FakeClock(), () => [socket(0)], elsewhere), open)
  expect(asked).toEqual([undefined, 4711])
})

it('refuses a port of which there is nothing, and names the protocol of which there is', async () => {
  const nobody = new FakePort(new FakeClock(), () => [])
  const options = { signal: new AbortController().signal, onInterval: () => {} }
  const tools = { clock: nobody.clock, view: nobody, openObserver: fakeObserver().open }
  await expect(watchGroup({ plan: PLAN, ...options }, tools)).rejects.toMatchObject({
    code: 'RPB_USAGE',
    message: expect.stringContaining('no socket of UDP or TCP on port 53 here') as string,
  })
  const view = new FakePort(nobody.clock, () => [socket(0)])
  const asked = watchGroup({ plan: { ...PLAN, protocol: 'tcp' }, ...options }, { ...tools, view })
  await expect(asked).rejects.toThrow(/no socket of TCP on port 53 here; of UDP there is: give --udp/)
})
