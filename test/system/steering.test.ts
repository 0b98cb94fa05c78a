import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chiSquareStatistic, chiSquareTail } from '../../src/stats/chi-square.js'
import { Bench } from '../../src/experiment/selectors/bench.js'
import { StreamBench } from '../../src/experiment/selectors/stream-bench.js'
import { reciprocalScale } from '../../src/kernel/reciprocal-scale.js'
import { addon } from '../../src/native.js'
import type { SteeringKind } from '../../src/plan/steering.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'
import { HashObserver } from '../../src/steering/hash-observer.js'
import { openSteering } from '../../src/steering/open.js'
import type { Steering } from '../../src/steering/steering.js'
import { measure } from './experiment.js'

/** Without CAP_BPF and CAP_NET_ADMIN no program can be loaded. */
const needsEbpf = { skip: !mayLoadEbpf() }

const FLOWS = 1000
/** Of a normal distribution: exceeded once in 10^7 on either side. */
const SIGMAS = 5.3
const TINY_P = 1e-7

let bench: Bench
let closers: (() => void)[]
beforeEach(() => {
  bench = new Bench('ipv4')
  closers = [() => bench.close()]
})
afterEach(() => closers.toReversed().forEach((close) => close()))

function steer(kind: SteeringKind, fds: readonly number[], mostMembers = fds.length): Steering {
  const steering = openSteering({ kind, mostMembers, lives: 16, flows: FLOWS })!
  closers.push(() => steering.close())
  steering.attach(fds)
  return steering
}

const flowsAt = (places: readonly number[], lifeNumber: number): number =>
  places.filter((place) => place === lifeNumber).length

/** [from, to] of every flow that moved. */
const moves = (before: readonly number[], after: readonly number[]): [number, number | undefined][] =>
  before.flatMap((from, i): [number, number | undefined][] => (from === after[i] ? [] : [[from, after[i]]]))

/** How many standard deviations a number of flows is from this share of them. */
const sigmasOff = (count: number, share: number): number =>
  Math.abs(count - FLOWS * share) / Math.sqrt(FLOWS * share * (1 - share))

const fairP = (counts: readonly number[]): number =>
  chiSquareTail(chiSquareStatistic(counts), counts.length - 1)

describe('steering over TCP', () => {
  let streams: StreamBench
  beforeEach(() => {
    streams = new StreamBench('ipv4')
    closers.push(() => streams.close())
  })

  it('draws a member for each connection', () => {
    const sockets = streams.openGroup(4)
    steer('random', sockets)
    const [client] = streams.clients(1)
    const places = Array.from({ length: 400 }, () => streams.deliver(client!, sockets))
    expect(fairP([0, 1, 2, 3].map((place) => flowsAt(places, place)))).toBeGreaterThan(TINY_P)
  })

  it('gives members connections in turn (needs eBPF)', needsEbpf, () => {
    const sockets = streams.openGroup(3)
    steer('round-robin', sockets)
    const places = streams.placements(streams.clients(9), sockets)
    expect(places.slice(3)).toEqual(places.slice(0, 6))
    expect(new Set(places.slice(0, 3)).size).toBe(3)
  })

  it('keeps flows where they were, by their source port (needs eBPF)', needsEbpf, () => {
    const sockets = streams.openGroup(4)
    const steering = steer('sticky', sockets)
    const clients = streams.clients(200)
    const before = streams.placements(clients, sockets)
    sockets.push(streams.open())
    steering.memberAdded(4, 4, sockets[4]!)
    expect(streams.placements(clients, sockets)).toEqual(before)
    expect(new Set(streams.placements(streams.clients(200), sockets)), 'new flows go there too').toContain(4)
  })

  it(
    'lets an observer see the hash of each, which is what picks among listeners (needs eBPF)',
    needsEbpf,
    () => {
      const sockets = streams.openGroup(4)
      const observer = new HashObserver(FLOWS)
      closers.push(() => observer.close())
      observer.attach(sockets)
      const clients = streams.clients(200)
      const places = streams.placements(clients, sockets)
      const hashes = observer.hashesOf(
        clients.map((client) => ({ address: '127.0.0.1', port: addon.localPort(client) })),
      )
      expect(hashes.map((hash) => reciprocalScale(hash!, 4))).toEqual(places)
    },
  )
})

describe('consistent steering (needs eBPF)', needsEbpf, () => {
  it('moves 1/(n+1) of the flows to a newcomer where the hash moves half, and nothing else', () => {
    const sockets = bench.openGroup(4)
    const steering = steer('consistent', sockets)
    const clients = bench.clients(FLOWS)
    const before = bench.placements(clients, sockets)
    expect(fairP([0, 1, 2, 3].map((lifeNumber) => flowsAt(before, lifeNumber)))).toBeGreaterThan(TINY_P)
    expect(bench.placements(clients, sockets), 'flows stay').toEqual(before)
    sockets.push(bench.open())
    expect(bench.placements(clients, sockets), 'it is not there until it is said').toEqual(before)
    steering.memberAdded(4, 4, sockets[4]!)
    const moved = moves(before, bench.placements(clients, sockets))
    expect(moved.every(([, to]) => to === 4)).toBe(true)
    expect(sigmasOff(moved.length, 1 / 5)).toBeLessThan(SIGMAS)
  })

  it('moves only the flows of a member that leaves, before its socket is closed, and gives them to its successor', () => {
    const sockets = bench.openGroup(4)
    const steering = steer('consistent', sockets)
    const clients = bench.clients(FLOWS)
    const before = bench.placements(clients, sockets)
    steering.memberRemoved(1)
    const without = bench.placements(clients, sockets)
    expect(moves(before, without)).toHaveLength(flowsAt(before, 1))
    expect(flowsAt(without, 1)).toBe(0)
    bench.closeSocket(sockets[1]!)
    sockets[1] = -1
    expect(bench.placements(clients, sockets)).toEqual(without)
    sockets.push(bench.open())
    steering.memberAdded(4, 1, sockets[4]!)
    expect(bench.placements(clients, sockets)).toEqual(
      before.map((lifeNumber) => (lifeNumber === 1 ? 4 : lifeNumber)),
    )
  })

  it('lets a successor wait until its predecessor leaves', () => {
    const sockets = bench.openGroup(3)
    const steering = steer('consistent', sockets)
    const clients = bench.clients(FLOWS)
    const before = bench.placements(clients, sockets)
    sockets.push(bench.open())
    steering.memberAdded(3, 0, sockets[3]!)
    expect(bench.placements(clients, sockets)).toEqual(before)
    steering.memberRemoved(0)
    expect(bench.placements(clients, sockets)).toEqual(
      before.map((lifeNumber) => (lifeNumber === 0 ? 3 : lifeNumber)),
    )
  })

  it.each(['consistent', 'sticky'] as const)(
    '(%s) keeps the flows of all others when a member dies untold, and the hash places its own',
    (kind) => {
      const sockets = bench.openGroup(4)
      steer(kind, sockets)
      const clients = bench.clients(FLOWS)
      const before = bench.placements(clients, sockets)
      bench.closeSocket(sockets[2]!)
      sockets[2] = -1
      const moved = moves(before, bench.placements(clients, sockets))
      expect(moved).toHaveLength(flowsAt(before, 2))
      expect(moved.every(([from]) => from === 2)).toBe(true)
    },
  )
})

describe('sticky steering (needs eBPF)', needsEbpf, () => {
  it('moves no flow when a member joins, gives it new ones, and moves only orphans when one leaves', () => {
    const sockets = bench.openGroup(4)
    const steering = steer('sticky', sockets)
    const clients = bench.clients(FLOWS)
    const before = bench.placements(clients, sockets)
    sockets.push(bench.open())
    steering.memberAdded(4, 4, sockets[4]!)
    expect(bench.placements(clients, sockets)).toEqual(before)
    const newFlows = bench.placements(bench.clients(200), sockets)
    expect(fairP([0, 1, 2, 3, 4].map((lifeNumber) => flowsAt(newFlows, lifeNumber)))).toBeGreaterThan(TINY_P)
    steering.memberRemoved(0)
    const after = bench.placements(clients, sockets)
    expect(moves(before, after).every(([from]) => from === 0)).toBe(true)
    expect(flowsAt(after, 0)).toBe(0)
    sockets.push(bench.open())
    steering.memberAdded(5, 0, sockets[5]!)
    expect(bench.placements(clients, sockets), 'its successor takes none back').toEqual(after)
  })
})

describe('round-robin steering (needs eBPF)', needsEbpf, () => {
  it('gives each member its turn, whatever the flow, also as members come and go', () => {
    const sockets = bench.openGroup(3)
    const steering = steer('round-robin', sockets)
    const [one, ...others] = bench.clients(10)
    const turns = (n: number): number[] =>
      Array.from({ length: n }, (_, i) => bench.deliver(i % 2 ? one! : others[i % 9]!, sockets))
    expect(turns(9)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2])
    sockets.push(bench.open())
    steering.memberAdded(3, 3, sockets[3]!)
    expect(turns(400).toSorted((a, b) => a - b)).toEqual(
      [0, 1, 2, 3].flatMap((lifeNumber) => Array(100).fill(lifeNumber)),
    )
    steering.memberRemoved(1)
    expect(turns(300).toSorted((a, b) => a - b)).toEqual(
      [0, 2, 3].flatMap((lifeNumber) => Array(100).fill(lifeNumber)),
    )
  })
})

describe('random steering', () => {
  it('draws a member for each datagram anew', () => {
    const sockets = bench.openGroup(4)
    steer('random', sockets)
    const [client] = bench.clients(1)
    const places = Array.from({ length: FLOWS }, () => bench.deliver(client!, sockets))
    expect(fairP([0, 1, 2, 3].map((lifeNumber) => flowsAt(places, lifeNumber)))).toBeGreaterThan(TINY_P)
  })

  it('made for more members than there are, leaves their part to the hash, and gives it to them when they join', () => {
    const sockets = bench.openGroup(4)
    const clients = bench.clients(1)
    const home = bench.deliver(clients[0]!, sockets)
    steer('random', sockets, 5)
    const spread = (): number[] => {
      const places = Array.from({ length: FLOWS }, () => bench.deliver(clients[0]!, sockets))
      return sockets.map((_, lifeNumber) => flowsAt(places, lifeNumber))
    }
    expect(sigmasOff(spread()[home]!, 2 / 5)).toBeLessThan(SIGMAS)
    sockets.push(bench.open())
    expect(fairP(spread())).toBeGreaterThan(TINY_P)
  })
})

describe('hash steering', () => {
  it('needs nothing', () =>
    expect(openSteering({ kind: 'hash', mostMembers: 4, lives: 4, flows: 1 })).toBeUndefined())
})

const needsBoth = { skip: needsEbpf.skip || !existsSync('/proc/net/if_inet6') }

describe('the hash observer (needs eBPF)', needsBoth, () => {
  it.each([
    { family: 'ipv4', address: '127.0.0.1', other: '127.0.0.2' },
    { family: 'ipv6', address: '::1', other: '::ffff:127.0.0.1' },
  ] as const)(
    'changes nothing over $family, and sees the hash that decides, also after the group has changed',
    ({ family, address, other }) => {
      bench = new Bench(family)
      const sockets = bench.openGroup(4)
      const clients = bench.clients(FLOWS)
      const before = bench.placements(clients, sockets)
      const observer = new HashObserver(FLOWS)
      closers.push(() => observer.close())
      observer.attach(sockets)
      expect(bench.placements(clients, sockets)).toEqual(before)
      const flows = clients.map((fd) => ({ address, port: addon.localPort(fd) }))
      const hashes = observer.hashesOf(flows).map((hash) => hash!)
      expect(hashes.map((hash) => reciprocalScale(hash, 4))).toEqual(before)
      sockets.push(bench.open())
      expect(bench.placements(clients, sockets)).toEqual(hashes.map((hash) => reciprocalScale(hash, 5)))
      expect(observer.hashesOf([{ address: other, port: flows[0]!.port }])).toEqual([undefined])
    },
  )

  it('tells flows of both families apart that come to one dual-stack group', () => {
    bench = new Bench('ipv6')
    const sockets = bench.openGroup(4)
    const observer = new HashObserver(2 * FLOWS)
    closers.push(() => observer.close())
    observer.attach(sockets)
    for (const address of ['127.0.0.1', '::1']) {
      const clients = bench.clients(FLOWS, address)
      const places = bench.placements(clients, sockets, 0, address)
      const flows = clients.map((fd) => ({ address, port: addon.localPort(fd) }))
      expect(observer.hashesOf(flows).map((hash) => reciprocalScale(hash!, 4))).toEqual(places)
    }
  })
})

describe('a run (needs eBPF)', needsEbpf, () => {
  it('with --observe-hash finds every flow where its hash puts it', async () => {
    const { result } = await measure({ procs: 3, flows: 500, requests: 3, observeHash: true })
    expect(result.hash).toEqual({ observed: 500, predicted: 500 })
    expect(result.group.steering).toBeUndefined()
  })

  it.each(['consistent', 'sticky'] as const)(
    'under %s keeps flows together and balanced',
    async (steering) => {
      const { result } = await measure({ procs: 3, flows: 600, requests: 3, steering })
      expect(result.group.steering).toBe(steering)
      expect(result.affinity).toMatchObject({ moved: 0, unanswered: 0, unasked: 0 })
      expect(result.balance!.pValue).toBeGreaterThan(TINY_P)
      expect(result.books.unexplained).toBe(0)
    },
  )

  it('under round-robin gives every member as many packets, and calls no flow that moved a violation', async () => {
    const { result } = await measure({
      procs: 4,
      // Not a multiple of 4, which would bring flows that send in turn back to where they were.
      flows: 101,
      requests: 12,
      warmupNs: 0,
      steering: 'round-robin',
    })
    expect(result.members.map(({ taken = 0 }) => taken)).toEqual([303, 303, 303, 303])
    expect(result.affinity).toMatchObject({ expected: false, violations: [] })
    expect(result.affinity.moved).toBeGreaterThan(0)
    expect(result.balance).toBeUndefined()
  })
})

describe('a run', () => {
  it('under random places every datagram anew, without any privilege', async () => {
    const { result } = await measure({ procs: 4, flows: 100, requests: 20, steering: 'random' })
    expect(fairP(result.members.map(({ taken = 0 }) => taken))).toBeGreaterThan(TINY_P)
    expect(result.affinity.moved).toBe(100)
  })

  it.each(['cpu', 'incoming-cpu'] as const)('under %s loses nothing', async (steering) => {
    const { result } = await measure({ procs: 2, flows: 100, requests: 10, steering })
    expect(result.books).toMatchObject({ sent: 1000, replied: 1000, unexplained: 0 })
    expect(result.balance).toBeUndefined()
  })
})
