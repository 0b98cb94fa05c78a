import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Engine } from '../../src/client/engine.js'
import { HEADER_BYTES } from '../../src/plan/datagram.js'
import { quietPort } from './experiment.js'
import { until } from './process-table.js'
import { tcpCounters } from './tcp-counters.js'

const PAYLOAD = 100
const KIND_AND_PHASE = 5
const SEQUENCE = 24
const TAKEN = 40

interface Event {
  lane: number
  sequence: number
  connectNs: number
  askedNs: number
  sentNs: number
}

/** A server that takes whole messages off its connections, in the order of their coming. */
class MessageServer {
  readonly server: Server
  readonly connections: { socket: Socket; port: number; messages: Buffer[] }[] = []
  closings = 0
  /** what it does with a message */
  answer: (message: Buffer, socket: Socket) => void = (message, socket) => socket.write(echoed(message))

  constructor() {
    this.server = createServer({ noDelay: true }, (socket) => {
      const one = { socket, port: socket.remotePort!, messages: [] as Buffer[] }
      this.connections.push(one)
      let rest = Buffer.alloc(0)
      socket.on('data', (data) => {
        rest = Buffer.concat([rest, data])
        for (; rest.length >= PAYLOAD; rest = rest.subarray(PAYLOAD)) {
          const message = Buffer.from(rest.subarray(0, PAYLOAD))
          one.messages.push(message)
          this.answer(message, socket)
        }
      })
      socket.on('error', () => {})
      socket.on('close', () => this.closings++)
    })
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy()
    if (this.server.listening) await new Promise((closed) => this.server.close(closed))
  }
}

function echoed(message: Buffer): Buffer {
  message[KIND_AND_PHASE]! |= 1
  // No clock of ours: taken long after it was sent.
  message.writeBigUInt64LE(2n ** 52n, TAKEN)
  return message
}

function ask(engine: Engine, lanes: readonly number[], first = 0): void {
  lanes.forEach((lane, i) => {
    engine.exchange.sendLane[i] = lane
    engine.exchange.sendSequence[i] = first + i
  })
  engine.send(lanes.length, 1)
}

/** Replies, and requests that were cut, until there are so many of both. */
async function happened(engine: Engine, count: number): Promise<{ replies: Event[]; cuts: number[] }> {
  const replies: Event[] = []
  const cuts: number[] = []
  await until(`${count} replies`, () => replies.length + cuts.length >= count || look(), 60_000)
  return { replies, cuts }

  function look(): undefined {
    const n = engine.receive(0)
    const x = engine.exchange
    for (let i = 0; i < n; i++)
      replies.push({
        lane: x.lane[i]!,
        sequence: x.sequence[i]!,
        connectNs: engine.stream!.connectNs[i]!,
        askedNs: engine.stream!.askedNs[i]!,
        sentNs: x.sentNs[i]!,
      })
    cuts.push(...engine.stream!.cutSequence.slice(0, engine.stream!.cuts))
  }
}

describe('the engine over TCP', () => {
  let server: MessageServer
  let engines: Engine[]

  beforeEach(async () => {
    server = new MessageServer()
    engines = []
    server.server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
  })
  afterEach(async () => {
    for (const engine of engines) engine.wave(0)
    await server.close()
  })

  function engineOf(lanes: number, requestsPerConnection?: number, port = server.port): Engine {
    const engine = new Engine({
      engine: 'epoll',
      transport: 'tcp',
      requestsPerConnection,
      lanes,
      payloadBytes: PAYLOAD,
      runId: 7n,
      epochNs: process.hrtime.bigint(),
      server: { address: '127.0.0.1', port },
    })
    engines.push(engine)
    for (let lane = 0; lane < lanes; lane++)
      expect(engine.open(lane, '127.0.0.1', quietPort())).toBeUndefined()
    return engine
  }

  it('connects a flow when it is asked, from its own port, and keeps the connection', async () => {
    const engine = engineOf(3)
    await turn()
    expect(engine.stream!.connections.opened).toBe(0)
    ask(engine, [2, 0])
    const first = (await happened(engine, 2)).replies
    expect(new Set(first.map(({ lane }) => lane))).toEqual(new Set([0, 2]))
    for (const { connectNs, askedNs, sentNs } of first) {
      expect(connectNs).toBeGreaterThan(0)
      // The request was written when the connection was there.
      expect(sentNs - askedNs).toBeGreaterThanOrEqual(connectNs)
    }
    ask(engine, [2, 0], 2)
    const second = (await happened(engine, 2)).replies
    expect(second.map(({ connectNs }) => connectNs)).toEqual([-1, -1])
    expect(server.connections).toHaveLength(2)
    expect(new Set(server.connections.map(({ port }) => port)).size).toBe(2)
    expect(server.connections.map(({ messages }) => messages.length)).toEqual([2, 2])
    expect(engine.stream!.connections).toMatchObject({ opened: 2, established: 2, closed: 0 })
  })

  it('leaves a connection after so many requests, and connects from the same port again', async () => {
    const engine = engineOf(1, 2)
    const before = tcpCounters()
    for (let sequence = 0; sequence < 6; sequence++) {
      ask(engine, [0], sequence)
      const { replies } = await happened(engine, 1)
      expect(replies).toMatchObject([{ sequence, lane: 0 }])
      expect(replies[0]!.connectNs > 0).toBe(sequence % 2 === 0)
    }
    await until('the server has heard of it', () => server.closings === 3)
    expect(server.connections.map(({ messages }) => messages.length)).toEqual([2, 2, 2])
    expect(new Set(server.connections.map(({ port }) => port)).size).toBe(1)
    expect(engine.stream!.connections).toMatchObject({
      opened: 3,
      established: 3,
      closed: 3,
      resetByServer: 0,
    })
    // Others on this host connect too.
    const after = tcpCounters()
    expect(after.ActiveOpens - before.ActiveOpens).toBeGreaterThanOrEqual(3)
    expect(after.EstabResets - before.EstabResets).toBeGreaterThanOrEqual(3)
  })

  it('puts what is asked too early for one connection on the next', async () => {
    const engine = engineOf(1, 2)
    ask(engine, [0, 0, 0, 0, 0])
    const { replies } = await happened(engine, 5)
    expect(replies.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4])
    expect(server.connections.map(({ messages }) => messages.length)).toEqual([2, 2, 1])
    expect(server.connections[0]!.messages.map((m) => m.readBigUInt64LE(SEQUENCE))).toEqual([0n, 1n])
  })

  it('asks the flow of a reply again on a new connection', async () => {
    const engine = engineOf(1, 1)
    ask(engine, [0])
    let next = 1
    await until('ten replies', () => {
      next += engine.receiveAndAskAgain(0, next, 1)
      return next > 10
    })
    expect(engine.stream!.connections.closed).toBeGreaterThanOrEqual(10)
  })

  it('puts replies together that come in pieces, and takes apart what comes at once', async () => {
    server.answer = (message, socket) => {
      const reply = echoed(message)
      const [cut] = [1 + Number(message.readBigUInt64LE(SEQUENCE)) * 7]
      socket.write(reply.subarray(0, cut))
      setImmediate(() => socket.write(reply.subarray(cut)))
    }
    const engine = engineOf(1)
    for (let sequence = 0; sequence < 10; sequence++) {
      ask(engine, [0], sequence)
      expect((await happened(engine, 1)).replies).toMatchObject([{ sequence }])
    }
    const held: Buffer[] = []
    server.answer = (message, socket) => {
      held.push(echoed(message))
      if (held.length === 200) socket.write(Buffer.concat(held))
    }
    for (let from = 10; from < 210; from += 50)
      ask(
        engine,
        Array.from({ length: 50 }, () => 0),
        from,
      )
    const { replies } = await happened(engine, 200)
    expect(replies.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 200 }, (_, i) => 10 + i))
  })

  it('tells of requests whose connection the server resets or closes, and connects again', async () => {
    const engine = engineOf(2)
    server.answer = (message, socket) => {
      if (message.readBigUInt64LE(SEQUENCE) === 0n) socket.resetAndDestroy()
      else if (message.readBigUInt64LE(SEQUENCE) === 1n) socket.end()
      else socket.write(echoed(message))
    }
    ask(engine, [0, 1])
    expect(new Set((await happened(engine, 2)).cuts)).toEqual(new Set([0, 1]))
    expect(engine.stream!.connections).toMatchObject({ resetByServer: 1, closedByServer: 1, cut: 2 })
    ask(engine, [0, 1], 2)
    const { replies } = await happened(engine, 2)
    expect(replies.every(({ connectNs }) => connectNs > 0)).toBe(true)
    expect(engine.stream!.connections).toMatchObject({ opened: 4, established: 4 })
  })

  it('reads what the server sent before it closed', async () => {
    const engine = engineOf(1)
    server.answer = (message, socket) => socket.end(echoed(message))
    ask(engine, [0])
    expect((await happened(engine, 1)).replies).toMatchObject([{ sequence: 0 }])
    await until('its end is heard of', () => {
      engine.receive(0)
      return engine.stream!.connections.closedByServer === 1
    })
    expect(engine.stream!.connections.cut).toBe(0)
  })

  it('counts connections that are refused, with what was to be sent on them', async () => {
    const engine = engineOf(1, undefined, quietPort())
    ask(engine, [0, 0])
    await until('the refusal is heard of', () => {
      engine.receive(0)
      return engine.stream!.connections.refused > 0
    })
    const { opened, refused, unwritten, established } = engine.stream!.connections
    expect({ established, unwritten }).toEqual({ established: 0, unwritten: 2 })
    expect(refused).toBe(opened)
  })

  it('ends all connections when it is told, and counts what was unanswered', async () => {
    const engine = engineOf(2)
    server.answer = () => {}
    ask(engine, [0, 1])
    await until('requests are there', () => server.connections.every(({ messages }) => messages.length === 1))
    engine.disconnect()
    await until('the server has heard of it', () => server.closings === 2)
    expect(engine.stream!.connections).toMatchObject({ closed: 2, cut: 2, unwritten: 0 })
  })

  it('ends a connection on which comes what is none of its replies', async () => {
    const engine = engineOf(1)
    server.answer = (_message, socket) => socket.write(Buffer.alloc(PAYLOAD, 'x'))
    ask(engine, [0])
    expect((await happened(engine, 1)).cuts).toEqual([0])
    expect(engine.exchange.strangers).toBe(1)
    expect(engine.stream!.connections).toMatchObject({ closed: 1, cut: 1 })
  })

  it('writes to its end what the socket does not take at once', async () => {
    expect(HEADER_BYTES).toBeLessThanOrEqual(PAYLOAD)
    const engine = engineOf(1)
    const lanes = Array.from({ length: 64 }, () => 0)
    server.answer = () => {}
    for (let from = 0; from < 4096; from += 64) ask(engine, lanes, from)
    ask(engine, [0], 4096)
    expect(engine.exchange.sendNs[0]).toBeLessThan(0)
    await until('requests are there', () => {
      engine.receive(0)
      return server.connections[0]?.messages.length === 4096
    })
  })
})
