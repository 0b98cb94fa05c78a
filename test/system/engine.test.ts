import { execFileSync } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Engine } from '../../src/client/engine.js'
import { ioUringRefusal } from '../../src/host/io-uring.js'
import { ENGINES, sharesSockets, usesDevice } from '../../src/plan/engine.js'
import { computedSource, sourceOf } from '../../src/plan/flow-sources.js'
import { HEADER_BYTES } from '../../src/plan/datagram.js'
import { measure, quietPort } from './experiment.js'
import { until } from './process-table.js'

const PAYLOAD = 100
const KIND_AND_PHASE = 5
const FLOW = 16
const SEQUENCE = 24
/** A number of datagrams that is more than the engine over io_uring has buffers for. */
const MORE_THAN_BUFFERS = 1500

const SOCKETS = 4
/** Of flows that share them. */
const SOURCES = { seed: 11, first: 5_000_000_000, ports: [0, 1, 2, 3] }

const indexOf = (flow: number): number => computedSource(SOURCES, flow).portIndex

/** Sends on the given lanes; sequences count from `first`. */
function ask(engine: Engine, lanes: readonly number[], first = 0): void {
  const x = engine.exchange
  lanes.forEach((lane, i) => {
    x.sendLane[i] = lane
    x.sendSequence[i] = first + i
  })
  engine.send(lanes.length, 1)
}

function reported({ exchange }: Engine, count: number): { lane: number; sequence: number }[] {
  return Array.from({ length: count }, (_, i) => ({
    lane: exchange.lane[i]!,
    sequence: exchange.sequence[i]!,
  }))
}

/** What the engine reports of `count` events: lane and sequence, in their order. */
async function events(engine: Engine, count: number): Promise<{ lane: number; sequence: number }[]> {
  const all: { lane: number; sequence: number }[] = []
  for (let looks = 0; all.length < count && looks < 10_000; looks++) {
    all.push(...reported(engine, engine.receive(1e6)))
    await turn()
  }
  return all
}

// Those over a device take a network namespace: test/cli/own-network.test.ts.
const possible = ENGINES.filter(
  (kind) => !usesDevice(kind) && (['epoll', 'pktinfo-mmsg'].includes(kind) || ioUringRefusal() === undefined),
)

it.runIf(possible.includes('io_uring'))('says what to do where the kernel has no room for its flows', () =>
  expect(
    () =>
      new Engine({
        engine: 'io_uring',
        transport: 'udp',
        // more than any table of registered files takes
        lanes: 2 ** 20 + 1,
        payloadBytes: PAYLOAD,
        runId: 7n,
        epochNs: 0n,
        server: { address: '127.0.0.1', port: 9 },
      }),
  ).toThrow(
    /^The client cannot have io_uring for 1048577 flows .* lower --wave-size, or try the other --engine\.$/,
  ),
)

it.runIf(possible.includes('io_uring'))(
  'makes requests that the kernel does not take errors, each with the reason',
  () => {
    const script = fileURLToPath(new URL('without-ring.mjs', import.meta.url))
    const printed = execFileSync(process.execPath, [script], { encoding: 'utf8' })
    expect(JSON.parse(printed)).toEqual(Array.from({ length: 3 }, () => -constants.errno.EBADF))
  },
)

describe.each(possible)('the engine over %s', (kind) => {
  let server: Socket
  const shared = sharesSockets(kind)
  let requests: { data: Buffer; port: number; address: string }[]
  let engines: Engine[]

  beforeEach(async () => {
    requests = []
    engines = []
    server = createSocket('udp4')
    server.on('message', (data, { port, address }) => requests.push({ data, port, address }))
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => {
    for (const engine of engines) engine.wave(0)
    server.close()
  })

  /** An engine towards the server, with `lanes` flows open; where they share sockets, a few of those. */
  function engineOf(lanes: number, port = server.address().port): Engine {
    const engine = new Engine({
      engine: kind,
      transport: 'udp',
      lanes: shared ? SOCKETS : lanes,
      payloadBytes: PAYLOAD,
      runId: 7n,
      epochNs: process.hrtime.bigint(),
      server: { address: '127.0.0.1', port },
    })
    engines.push(engine)
    if (shared) engine.computeFlows(lanes, SOURCES)
    for (let lane = 0; lane < (shared ? SOCKETS : lanes); lane++)
      expect(engine.open(lane, shared ? '0.0.0.0' : '127.0.0.1', 0)).toBeUndefined()
    return engine
  }

  /** All requests that the server got, once it has so many. */
  async function taken(count: number): Promise<typeof requests> {
    await until('datagrams', () => requests.length >= count)
    return requests.splice(0)
  }

  async function reply(
    { data, port, address }: (typeof requests)[number],
    change?: (reply: Buffer) => Buffer,
  ) {
    const answer = Buffer.from(data)
    answer[KIND_AND_PHASE]! |= 1
    await new Promise((sent) => {
      server.send(change ? change(answer) : answer, port, address, sent)
    })
  }

  it('sends each request on the flow of its lane, and tells when', async () => {
    const engine = engineOf(3)
    ask(engine, [2, 0, 1], 40)
    const got = await taken(3)
    expect(new Set(got.map(({ address, port }) => `${address}:${port}`)).size).toBe(3)
    expect(got.map(({ data }) => data.length)).toEqual([PAYLOAD, PAYLOAD, PAYLOAD])
    expect(new Set(got.map(({ data }) => data.readBigUInt64LE(SEQUENCE)))).toEqual(new Set([40n, 41n, 42n]))
    const { sendNs } = engine.exchange
    expect(sendNs.slice(0, 3).every((ns) => ns > 0)).toBe(true)
    await Promise.all(got.map((request) => reply(request)))
    const seen = await events(engine, 3)
    expect(seen.toSorted((a, b) => a.sequence - b.sequence)).toEqual([
      { lane: 2, sequence: 40 },
      { lane: 0, sequence: 41 },
      { lane: 1, sequence: 42 },
    ])
  })

  it('reports every reply, also when more wait than one call or its buffers hold', async () => {
    const engine = engineOf(30)
    const lanes = Array.from({ length: 30 }, (_, i) => i)
    const each = MORE_THAN_BUFFERS / lanes.length
    ask(engine, lanes)
    for (const request of await taken(30)) for (let i = 0; i < each; i++) await reply(request)
    const seen = await events(engine, lanes.length)
    // What nobody asked for may wait until the last look.
    for (let n = engine.sweep(); n > 0; n = engine.sweep()) seen.push(...reported(engine, n))
    const perLane = lanes.map((lane) => seen.filter((event) => event.lane === lane).length)
    expect(perLane).toEqual(lanes.map(() => each))
    expect(engine.exchange).toMatchObject({ strangers: 0, receiveErrors: 0, refused: 0 })
    expect(engine.receive(0)).toBe(0)
  })

  it('asks the flow of a reply again by itself, with the next sequence', async () => {
    const engine = engineOf(1)
    ask(engine, [0])
    await reply((await taken(1))[0]!)
    const n = await until('a reply', () => engine.receiveAndAskAgain(1e6, 9, 1) || undefined)
    expect([n, engine.exchange.sequence[0]]).toEqual([1, 0])
    const [again] = await taken(1)
    expect(again!.data.readBigUInt64LE(SEQUENCE)).toBe(9n)
    expect(engine.exchange.sendNs[0]).toBeGreaterThan(0)
  })

  it('counts what is not a reply of its run, and goes on receiving on that flow', async () => {
    const engine = engineOf(1)
    ask(engine, [0])
    const [request] = await taken(1)
    await reply(request!, (answer) => answer.subarray(0, HEADER_BYTES - 1))
    await reply(request!, (answer) => answer.subarray(0, -1))
    await reply(request!, (answer) => Buffer.concat([answer, Buffer.alloc(1)]))
    await reply(request!, () => Buffer.alloc(0))
    await reply(request!, () => request!.data)
    await reply(request!)
    expect(await events(engine, 1)).toEqual([{ lane: 0, sequence: 0 }])
    expect(engine.exchange.strangers).toBe(5)
  })

  it('counts a closed port, and sends the next request of that flow all the same', async () => {
    const port = quietPort()
    const engine = engineOf(1, port)
    const late = createSocket('udp4')
    const arrived: Buffer[] = []
    late.on('message', (data) => arrived.push(data))
    try {
      ask(engine, [0])
      // The kernel tells of it at the next call on that socket, whichever that is.
      late.bind(port, '127.0.0.1')
      await once(late, 'listening')
      ask(engine, [0], 1)
      await until('datagrams', () => arrived.length > 0)
      expect(arrived[0]!.readBigUInt64LE(SEQUENCE)).toBe(1n)
      engine.receive(0)
      expect(engine.exchange.refused).toBe(1)
      expect(engine.exchange.sendNs[0]).toBeGreaterThan(0)
    } finally {
      late.close()
    }
  })

  it.runIf(shared)('sends flows from the sources that the plan computes', async () => {
    const engine = engineOf(20_000)
    const flows = [0, 15, 16, 63, 64, 1000, 10_007, 19_999]
    ask(engine, flows)
    const got = await taken(flows.length)
    const seen = got.map(({ data, address, port }) => ({ flow: data.readUInt32LE(FLOW), address, port }))
    expect(seen.toSorted((a, b) => a.flow - b.flow).map(({ address }) => address)).toEqual(
      flows.map((flow) => sourceOf(SOURCES, flow).address),
    )
    const portOf = new Map(seen.map(({ flow, port }) => [flow, port]))
    for (const one of flows)
      for (const other of flows)
        expect(portOf.get(one) === portOf.get(other)).toBe(indexOf(one) === indexOf(other))
  })

  it.runIf(shared)('takes a reply that came to the address of another flow for none', async () => {
    const engine = engineOf(20_000)
    ask(engine, [3, 4, 20])
    const [one, other, third] = (await taken(3)).toSorted(
      (a, b) => a.data.readUInt32LE(FLOW) - b.data.readUInt32LE(FLOW),
    )
    await reply({ ...one!, address: other!.address })
    await reply({ ...one!, address: third!.address, port: third!.port })
    await reply({ ...one!, port: third!.port })
    await reply(one!)
    expect(await events(engine, 1)).toEqual([{ lane: 3, sequence: 0 }])
    expect(engine.exchange.strangers).toBe(3)
  })

  it.runIf(shared)('takes a reply of somebody else than the server for none', async () => {
    const engine = engineOf(10)
    ask(engine, [3])
    const [request] = await taken(1)
    const data = Buffer.from(request!.data)
    data[KIND_AND_PHASE]! |= 1
    const other = createSocket('udp4')
    await new Promise((sent) => other.send(data, request!.port, request!.address, sent))
    other.close()
    await reply(request!)
    expect(await events(engine, 1)).toEqual([{ lane: 3, sequence: 0 }])
    expect(engine.exchange.strangers).toBe(1)
  })

  it('refuses a lane that it does not have', () => {
    const engine = engineOf(2)
    ask(engine, [2, -1, 0])
    expect(engine.exchange.sendNs.slice(0, 2).every((ns) => ns < 0)).toBe(true)
    expect(engine.exchange.sendNs[2]).toBeGreaterThan(0)
  })

  it.skipIf(shared)(
    'gives all ports back at once when a wave ends, also with replies under way',
    async () => {
      const ports = [...new Set(Array.from({ length: 200 }, () => quietPort()))]
      const engine = engineOf(ports.length)
      for (let wave = 0; wave < 3; wave++) {
        engine.wave(0)
        ports.forEach((port, lane) => expect(engine.open(lane, '127.0.0.1', port)).toBeUndefined())
        ask(engine, [0, 1, 2])
        for (const request of await taken(3)) await reply(request)
      }
      expect(await events(engine, 3)).toHaveLength(3)
    },
  )

  it('has books that balance in a closed loop with several requests in flight per flow', async () => {
    // A number of requests, not a time: on a busy host a member may get no CPU for as long as the phase is.
    const { result } = await measure({
      procs: 2,
      flows: 7,
      inFlight: 150,
      // Other tests take nearly all ports that flows have by default, which are in use for sockets at every address.
      sourcePorts: [11_000, 14_999],
      engine: kind,
      requests: 500,
    })
    expect(result.client?.engine).toBe(kind)
    expect(result.books).toMatchObject({ unexplained: 0, lost: 0, duplicates: 0, sendErrors: 0 })
    expect(result.books.replied).toBe(7 * 500)
  })

  it(`has books that balance in an open loop${shared ? '' : ', in waves'}`, async () => {
    const { result, flows } = await measure({
      procs: 2,
      flows: 300,
      ...(!shared && { waveSize: 100 }),
      rateHz: 5000,
      arrivals: 'poisson',
      engine: kind,
    })
    expect(result.books).toMatchObject({ unexplained: 0, lost: 0, sendErrors: 0 })
    expect(flows.every(({ sent }) => sent > 0)).toBe(true)
  })

  it('tells the CPU time that a round trip takes on either side', async () => {
    const { result } = await measure({ procs: 1, flows: 100, engine: kind })
    const { cpuPerRoundTripNs: cpu } = result.throughput
    // No system call is that cheap, and none of this takes a millisecond.
    expect(cpu!.client).toBeGreaterThan(200)
    expect(cpu!.members).toBeGreaterThan(200)
    expect(cpu!.client).toBeLessThan(1e6)
    expect(cpu!.members).toBeLessThan(1e6)
  })
})
