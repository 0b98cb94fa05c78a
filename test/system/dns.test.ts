import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { decode, encode, TRUNCATED_RESPONSE, type Packet } from 'dns-packet'
import { afterEach, describe, expect, it } from 'vitest'
import { ioUringRefusal } from '../../src/host/io-uring.js'
import { ENGINES, sharesSockets } from '../../src/plan/engine.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import type { RunResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { dnsServers, startDnsServer, stopDnsServer } from './dns-server.js'
import { measure, quietPort } from './experiment.js'
import { PlainServer } from './plain-server.js'

let directory: string
useTemporaryDirectory((made) => (directory = made))

const possible = ENGINES.filter(
  (engine) => !sharesSockets(engine) && (engine === 'epoll' || ioUringRefusal() === undefined),
)

function queries(...lines: string[]): string {
  const file = path.join(directory, 'queries')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

let server: PlainServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

/** A run against a server of this process. @param answer what it makes of a question */
async function ask(
  request: RunRequest,
  answer: (query: Packet, message: Buffer) => Buffer,
): Promise<RunResult> {
  server = await PlainServer.start((message) => answer(decode(message), message))
  const { result } = await measure({
    target: server.address,
    protocol: 'dns',
    flows: 10,
    warmupNs: 0,
    timeoutNs: 300e6,
    ...request,
  })
  return result
}

const RCODES: Readonly<Record<string, number>> = { none: 3, broken: 2, refused: 5, odd: 11 }

/** An answer with the rcode that the first label of the question names. */
const reply = ({ id, questions = [] }: Packet, more: Partial<Packet> = {}): Buffer =>
  encode({
    type: 'response',
    id: id!,
    flags: RCODES[questions[0]?.name.split('.')[0] ?? ''] ?? 0,
    questions,
    ...more,
  })

describe.each(possible)('a server of DNS, asked over %s,', (engine) => {
  it('is asked each question in turn, with ids of their own', async () => {
    const asked: { id: number; name: string; type: string; port: number }[] = []
    const result = await ask(
      { engine, requests: 30, queries: queries('a.example A', 'b.example MX', 'c.example HTTPS') },
      (query) => {
        const { name, type } = query.questions![0]!
        asked.push({ id: query.id!, name, type, port: 0 })
        return reply(query)
      },
    )
    expect(result.books).toMatchObject({ sent: 300, replied: 300, wrongReplies: 0, strangersAtClient: 0 })
    const counts = new Map<string, number>()
    for (const { name, type } of asked)
      counts.set(`${name} ${type}`, (counts.get(`${name} ${type}`) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toEqual({
      'a.example A': 100,
      'b.example MX': 100,
      'c.example UNKNOWN_65': 100,
    })
    expect(new Set(asked.map(({ id }) => id)).size).toBe(300)
    expect(result.answers).toEqual({ rcodes: [{ rcode: 'NOERROR', count: 300 }], truncated: 0, questions: 3 })
    expect(result.plan.effective).not.toHaveProperty('payloadBytes')
  })

  it('is counted by what it answers', async () => {
    const result = await ask(
      {
        engine,
        requests: 8,
        queries: queries('a A', 'none A', 'broken A', 'none AAAA', 'refused A', 'none A', 'odd A', 'none A'),
      },
      (query) => reply(query, query.questions![0]!.name === 'a' ? { flags: TRUNCATED_RESPONSE } : {}),
    )
    expect(result.answers).toEqual({
      rcodes: [
        { rcode: 'NXDOMAIN', count: 40 },
        { rcode: 'NOERROR', count: 10 },
        { rcode: 'SERVFAIL', count: 10 },
        { rcode: 'REFUSED', count: 10 },
        { rcode: 'RCODE11', count: 10 },
      ],
      truncated: 10,
      questions: 8,
    })
    expect(result.validity.findings).toContainEqual(
      expect.objectContaining({ code: 'error-answers', measured: 0.375 }),
    )
  })

  it('may write the name in another case, and repeat no question that it could not read', async () => {
    const result = await ask({ engine, requests: 2, queries: queries('abc.example A', 'odd A') }, (query) => {
      const [question] = query.questions!
      return question!.name === 'odd'
        ? encode({ type: 'response', id: query.id!, flags: 1 })
        : reply(query, { questions: [{ ...question!, name: 'ABC.eXample' }] })
    })
    expect(result.books).toMatchObject({ sent: 20, replied: 20, wrongReplies: 0 })
    expect(result.answers?.rcodes).toEqual([
      { rcode: 'NOERROR', count: 10 },
      { rcode: 'FORMERR', count: 10 },
    ])
  })

  it.each<[string, (query: Packet, message: Buffer) => Buffer, object]>([
    [
      'the answer to another question',
      (query) => reply(query, { questions: [{ name: 'other', type: 'A' }] }),
      { wrongReplies: 10, strangersAtClient: 0 },
    ],
    [
      'that of another type',
      (query) => reply(query, { questions: [{ ...query.questions![0]!, type: 'MX' }] }),
      { wrongReplies: 10, strangersAtClient: 0 },
    ],
    [
      'no question, and no error',
      ({ id }) => encode({ type: 'response', id: id! }),
      { wrongReplies: 10, strangersAtClient: 0 },
    ],
    [
      'another id',
      (query) => reply(query, { id: query.id! ^ 1 }),
      { wrongReplies: 0, strangersAtClient: 10 },
    ],
    ['the question itself', (_query, message) => message, { wrongReplies: 0, strangersAtClient: 10 }],
    ['less than a header', () => Buffer.alloc(11), { wrongReplies: 0, strangersAtClient: 10 }],
  ])('is not answered by %s', async (_what, answer, counts) => {
    const result = await ask(
      { engine, requests: 1, inFlight: 10, timeoutNs: 50e6, queries: queries('a A') },
      answer,
    )
    expect(result.books).toMatchObject({ sent: 10, replied: 0, lost: 10, ...counts })
  })
})

describe('a server of DNS that is asked more often than there are ids', () => {
  it('has each answer counted for its own request', async () => {
    const requests = 33_000
    const result = await ask({ engine: 'epoll', flows: 2, requests, timeoutNs: 5e9 }, (_query, message) => {
      message[2]! |= 0x80
      return message
    })
    expect(result.books).toMatchObject({
      sent: 2 * requests,
      replied: 2 * requests,
      wrongReplies: 0,
      strangersAtClient: 0,
      duplicates: 0,
    })
  })
})

describe.runIf(dnsServers.length > 0).each(dnsServers)('%s', (name) => {
  it('answers what it serves, and says what it has not', async () => {
    const port = quietPort()
    const real = await startDnsServer(name, directory, port)
    try {
      const { result } = await measure({
        target: { address: '127.0.0.1', port },
        protocol: 'dns',
        queries: queries(
          'www.example.com A',
          'nosuch.example.com A',
          'many.example.com A',
          'www.example.com AAAA',
        ),
        flows: 40,
        requests: 20,
        warmupNs: 0,
      })
      expect(result.books).toMatchObject({ sent: 800, replied: 800, lost: 0, wrongReplies: 0 })
      expect(result.answers).toEqual({
        rcodes: [
          { rcode: 'NOERROR', count: 600 },
          { rcode: 'NXDOMAIN', count: 200 },
        ],
        truncated: 200,
        questions: 4,
      })
      expect(result.targetSockets!.length).toBeGreaterThanOrEqual(1)
      expect(result.targetSockets!.every(({ owner }) => owner.includes(name))).toBe(true)
    } finally {
      await stopDnsServer(real)
    }
  })
})
