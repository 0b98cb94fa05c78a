import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Engine } from '../../src/client/engine.js'
import { httpRequest } from '../../src/plan/http-request.js'
import { quietPort } from './experiment.js'
import { until } from './process-table.js'

/** What became of requests, in the order of their being told. */
interface Told {
  statuses: number[]
  cuts: number
  wrong: number
}

const BODY = 'x'.repeat(40)
const WHOLE: readonly [name: string, reply: string, status: number][] = [
  ['a length', `HTTP/1.1 200 OK\r\nContent-Length: 40\r\nServer: s\r\n\r\n${BODY}`, 200],
  ['a length of nothing', 'HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n', 404],
  ['lines that end with LF alone', `HTTP/1.1 200\nContent-Length: 40\n\n${BODY}`, 200],
  [
    'chunks',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n28;a=b\r\n${BODY}\r\nA \r\n0123456789\r\n0\r\n\r\n`,
    200,
  ],
  [
    'chunks and a trailer, whatever a length says',
    `HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n28\r\n${BODY}\r\n0\r\nA: b\r\n\r\n`,
    200,
  ],
  ['no body, by its status', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
  ['no body, though it tells a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 40\r\n\r\n', 304],
  [
    'notes on the way',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 500 Oh\r\nContent-Length: 40\r\n\r\n${BODY}`,
    500,
  ],
]

const BROKEN: readonly [name: string, reply: string][] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ['a length beyond all bounds', `HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(30)}\r\n\r\n`],
  ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  [
    'a chunk of more than it says',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n',
  ],
  ['a field without a name', 'HTTP/1.1 200 OK\r\n: b\r\n\r\n'],
  ['a line that does not end', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(9000)}`],
  ['a head that does not end', `HTTP/1.1 200 OK\r\n${`A: ${'x'.repeat(4000)}\r\n`.repeat(20)}`],
]

describe('the engine over HTTP', () => {
  let server: Server
  let answer: (socket: Socket) => void
  let requests: string[]
  let connections: number
  let engine: Engine

  beforeEach(async () => {
    requests = []
    connections = 0
    server = createServer({ noDelay: true }, (socket) => {
      connections++
      let text = ''
      socket.on('error', () => {})
      socket.on('data', (data) => {
        text += data.toString()
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          requests.push(text.slice(0, end + 4))
          text = text.slice(end + 4)
          answer(socket)
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    engine = engineOf()
  })
  afterEach(async () => {
    engine.wave(0)
    await new Promise((closed) => server.close(closed))
  })

  function engineOf(): Engine {
    const { port } = server.address() as AddressInfo
    const target = { address: '127.0.0.1', port }
    const questions = httpRequest({ protocol: 'http', target, path: '/a?b=c' })!
    const opened = new Engine({
      engine: 'epoll',
      transport: 'tcp',
      lanes: 1,
      payloadBytes: questions.messages.length,
      runId: 7n,
      epochNs: process.hrtime.bigint(),
      server: target,
      foreign: { remembered: 2 ** 16, questions, first: 0 },
    })
    while (opened.open(0, '127.0.0.1', quietPort()));
    return opened
  }

  function ask(first: number, count = 1): void {
    for (let i = 0; i < count; i++) {
      engine.exchange.sendLane[i] = 0
      engine.exchange.sendSequence[i] = first + i
    }
    engine.send(count, 1)
  }

  /** What is told until so many requests have come to their end. */
  async function told(count: number): Promise<Told> {
    const all: Told = { statuses: [], cuts: 0, wrong: 0 }
    const { exchange, stream } = engine
    for (let looks = 0; all.statuses.length + all.cuts < count && looks < 1e6; looks++) {
      const events = engine.receive(0)
      all.statuses.push(...exchange.code.slice(0, events))
      all.cuts += stream!.cuts
      await turn()
    }
    all.wrong = exchange.wrongReplies
    return all
  }

  it('asks for a path, of the server that it was told', async () => {
    answer = (socket) => socket.write(WHOLE[0]![1])
    ask(0)
    await told(1)
    const { port } = server.address() as AddressInfo
    expect(requests).toEqual([
      `GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: rpbench\r\nAccept: */*\r\n\r\n`,
    ])
  })

  it.each(WHOLE)('finds the end of a reply of %s, wherever it is cut', async (_name, reply, status) => {
    for (let cut = 0; cut < reply.length; cut++) {
      answer = (socket) => {
        if (cut > 0) socket.write(reply.slice(0, cut))
        setImmediate(() => socket.write(reply.slice(cut)))
      }
      ask(cut)
      expect(await told(1), `cut at ${cut}`).toEqual({ statuses: [status], cuts: 0, wrong: 0 })
    }
    expect(connections).toBe(1)
  })

  it('takes the end of the connection for that of a body that has no other', async () => {
    answer = (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n\r\n${BODY}`)
      setImmediate(() => socket.end(BODY))
    }
    ask(0)
    expect(await told(1)).toEqual({ statuses: [200], cuts: 0, wrong: 0 })
    expect(engine.stream!.connections).toMatchObject({ closed: 1, closedByServer: 0 })
  })

  it.each([
    ['HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 40\r\n\r\n', 2],
    ['HTTP/1.0 200 OK\r\nContent-Length: 40\r\n\r\n', 2],
    ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 40\r\n\r\n', 1],
  ])('goes by what a server says of its connection: %j', async (head, expected) => {
    answer = (socket) => socket.write(head + BODY)
    for (const sequence of [0, 1]) {
      ask(sequence)
      expect((await told(1)).statuses).toEqual([200])
    }
    expect(connections).toBe(expected)
  })

  it('has one request at a time on a connection', async () => {
    const waiting: Socket[] = []
    answer = (socket) => waiting.push(socket)
    ask(0, 3)
    await until('a request is there', () => waiting.length > 0)
    for (let i = 0; i < 20; i++) await turn()
    expect(requests).toHaveLength(1)
    answer = (socket) => socket.write(WHOLE[0]![1])
    waiting[0]!.write(WHOLE[0]![1])
    expect((await told(3)).statuses).toEqual([200, 200, 200])
    expect(connections).toBe(1)
  })

  it.each(BROKEN)('ends a connection on which comes %s', async (_name, reply) => {
    answer = (socket) => socket.write(reply)
    ask(0)
    expect(await told(1)).toEqual({ statuses: [], cuts: 1, wrong: 1 })
    expect(engine.stream!.connections).toMatchObject({ closed: 1 })
  })

  it('ends a connection on which more comes than was asked for', async () => {
    answer = (socket) => socket.write(`${WHOLE[0]![1]}HTTP`)
    ask(0)
    expect(await told(1)).toEqual({ statuses: [200], cuts: 0, wrong: 0 })
    expect(engine.stream!.connections).toMatchObject({ closed: 1 })
  })

  it('does not take a part for the whole', async () => {
    answer = (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\n${BODY}`)
    ask(0)
    expect(await told(1)).toEqual({ statuses: [], cuts: 1, wrong: 0 })
    expect(engine.stream!.connections).toMatchObject({ closedByServer: 1 })
  })
})
