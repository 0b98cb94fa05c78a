import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ioUringRefusal } from '../../src/host/io-uring.js'
import { askedAt } from '../../src/group/target-sockets.js'
import { ENGINES, sharesSockets } from '../../src/plan/engine.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import { runResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { measure, type Measured } from './experiment.js'
import { PlainServer, type Answer } from './plain-server.js'

const possible = ENGINES.filter(
  (engine) => !sharesSockets(engine) && (engine === 'epoll' || ioUringRefusal() === undefined),
)

/** A byte of each field of a request of 100 bytes (docs/datagram.md), and of what is behind the header. */
const FIELDS = [0, 4, 5, 6, 8, 16, 20, 24, 32, 40, 48, 52, 56, 70, 99] as const

let directory: string
useTemporaryDirectory((made) => (directory = made))

let server: PlainServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

async function ask(request: RunRequest, answer?: Answer, host?: string): Promise<Measured> {
  server = await PlainServer.start(answer, host)
  return measure({ target: server.address, flows: 20, warmupNs: 0, ...request })
}

const changed = (datagram: Buffer, at: number): Buffer => {
  const copy = Buffer.from(datagram)
  copy[at]! ^= 1
  return copy
}

describe.each(possible)('the echo of a server that is not ours, over %s', (engine) => {
  it('is counted, and nothing that nobody told', async () => {
    const { result, flows } = await ask({ engine, requests: 10, payloadBytes: 100 })
    expect(result.books).toEqual({
      sent: 200,
      sendErrors: 0,
      unsent: 0,
      replied: 200,
      late: 0,
      duplicates: 0,
      wrongReplies: 0,
      reordered: 0,
      lost: 0,
      droppedAtMembers: 0,
      droppedAtClient: 0,
      noSocket: 0,
      strangersAtClient: 0,
    })
    expect(result.members).toEqual([])
    expect(result.affinity).toEqual({ flows: 20, unanswered: 0, unasked: 0 })
    for (const unknown of ['balance', 'takenBalance', 'imbalance', 'legs', 'hash'] as const)
      expect(result).not.toHaveProperty(unknown)
    expect(result.group).toMatchObject({ membersUnknown: true, protocol: 'udp', port: server!.address.port })
    expect(result.group).not.toHaveProperty('server')
    for (const ours of ['procs', 'steering', 'dispatch', 'server', 'serviceTimeNs'])
      expect(result.plan.effective).not.toHaveProperty(ours)
    expect(result.latency?.service.count).toBe(200)
    expect(result.validity.verdict).not.toBe('invalid')
    expect(flows.map(({ sent }) => sent)).toEqual(Array.from({ length: 20 }, () => 10))
    expect(server!.seen.every(({ bytes }) => bytes === 100)).toBe(true)
    expect(new Set(server!.seen.map(({ port }) => port)).size).toBe(20)
    expect(runResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(JSON.parse(JSON.stringify(result)))
  })

  it('names the socket that is asked, and whose it is', async () => {
    const { result } = await ask({ engine, requests: 1 })
    expect(result.targetSockets).toEqual([
      {
        inode: expect.any(Number),
        owner: expect.stringMatching(new RegExp(`^process ${process.pid} \\(`)),
        drops: 0,
        atBegin: true,
        atEnd: true,
        // Among the readers of others' sockets the one who looks is not looked for.
        readers: { threads: [], registeredBy: [], othersUnseen: true },
      },
    ])
  })

  it('has response times at a rate', async () => {
    const { result } = await ask({ engine, rateHz: 1000, durationNs: 200e6 })
    expect(result.latency?.response?.count).toBe(200)
    expect(result.schedule?.rateHz).toBe(1000)
    expect(result.books.lost).toBe(0)
  })

  it('is not taken for one where a byte of any field is another', async () => {
    let n = 0
    const { result } = await ask(
      { engine, requests: 2, inFlight: 20, timeoutNs: 50e6, payloadBytes: 100 },
      (datagram) => changed(datagram, FIELDS[n++ % FIELDS.length]!),
    )
    const { sent, replied, late, wrongReplies, strangersAtClient } = result.books
    expect(n).toBeGreaterThanOrEqual(2 * FIELDS.length)
    expect({ replied, late, seen: wrongReplies! + strangersAtClient }).toEqual({
      replied: 0,
      late: 0,
      seen: sent,
    })
  })

  it('tells of replies that were changed on the way', async () => {
    let n = 0
    const { result } = await ask({ engine, requests: 5, timeoutNs: 300e6, payloadBytes: 100 }, (datagram) =>
      n++ % 10 === 0 ? changed(datagram, 99) : datagram,
    )
    expect(result.books).toMatchObject({ sent: 100, wrongReplies: 10, lost: 10 })
    expect(result.validity.findings).toContainEqual(
      expect.objectContaining({ code: 'wrong-replies', measured: 10, severity: 'suspect' }),
    )
  })

  it('tells of replies that came twice, and of requests without one', async () => {
    let n = 0
    const { result } = await ask({ engine, requests: 5, timeoutNs: 300e6 }, (datagram) =>
      n++ % 10 === 0 ? [] : [datagram, datagram],
    )
    const { sent, replied, late, lost } = result.books
    expect({ sent, answered: replied + late, lost }).toEqual({ sent: 100, answered: 90, lost: 10 })
    expect(result.books.duplicates).toBeGreaterThan(0)
    expect(result.books.duplicates).toBeLessThanOrEqual(90)
  })

  it('comes over IPv6 too', async () => {
    const { result } = await ask({ engine, requests: 2 }, undefined, '::1')
    expect(result.books).toMatchObject({ sent: 40, replied: 40 })
    expect(result.group).toMatchObject({ family: 'ipv6', address: '::1' })
  })
})

describe('a command while a target is asked', () => {
  it('is run at its time, and what was lost from then on is told', async () => {
    const mute = path.join(directory, 'mute')
    server = await PlainServer.start((datagram) => (existsSync(mute) ? [] : datagram))
    const commands = [
      { atNs: 100e6, command: `touch ${mute}; sleep 0.2; rm ${mute}` },
      { atNs: 700e6, command: 'echo why; echo because >&2; exit 3' },
      { atNs: 800e6, command: `echo $$ > ${path.join(directory, 'pid')}; exec sleep 100` },
    ]
    const request = { flows: 20, warmupNs: 0, rateHz: 1000, durationNs: 1e9, timeoutNs: 300e6 }
    const { result } = await measure({ target: server.address, ...request }, { commands })
    const [muted, failed, unended] = result.commands!
    const sockets = { kept: 1, closed: 0, opened: 0 }
    expect(muted).toMatchObject({ command: commands[0]!.command, exitStatus: 0, sockets })
    // Where the machine is busy, the file may still be there when the next is run.
    const told = result.commands!.reduce((sum, { lost }) => sum + lost, 0)
    // The server is this process, which was at starting the command: what was sent just before waited until then.
    expect(told).toBeLessThanOrEqual(result.books.lost)
    expect(told).toBeGreaterThanOrEqual(0.8 * result.books.lost)
    expect(muted!.lost).toBeGreaterThan(50)
    expect(muted!.backNs).toBeGreaterThan(50e6)
    expect(muted!.tookNs).toBeGreaterThan(190e6)
    expect(failed).toMatchObject({ exitStatus: 3 })
    expect(failed!.output!.split('\n').toSorted()).toEqual(['', 'because', 'why'])
    expect(failed!.backNs === undefined).toBe(failed!.lost === 0)
    expect(unended).not.toHaveProperty('exitStatus')
    expect(unended).not.toHaveProperty('tookNs')
    const pid = Number(readFileSync(path.join(directory, 'pid'), 'utf8'))
    expect(() => process.kill(pid, 0), 'it was ended').toThrow('ESRCH')
    expect(result.validity.findings.map(({ code }) => code)).toContain('command-failed')
    expect(runResult.safeParse(JSON.parse(JSON.stringify(result))).success).toBe(true)
  })
})

describe('a target that nobody serves', () => {
  it('fails the run, and its requests met no socket', async () => {
    server = await PlainServer.start()
    const target = server.address
    await server.stop()
    server = undefined
    const { result } = await measure({ target, flows: 4, requests: 2, timeoutNs: 100e6, warmupNs: 0 })
    expect(result).toMatchObject({ stopped: 'failed', targetSockets: [] })
    expect(result.failure).toMatch(/^Nobody answered: nobody was bound to the port/)
    expect(result.books.noSocket).toBe(result.books.lost)
  })
})

const socket = (address: string, family: 'ipv4' | 'ipv6', inode: number) => ({
  address,
  family,
  inode,
  port: 53,
  uid: 0,
  queuedBytes: 0,
  drops: 0,
})

describe('the sockets that are asked at an address', () => {
  const [any, anyOfBoth, own, other] = [
    socket('0.0.0.0', 'ipv4', 1),
    socket('::', 'ipv6', 2),
    socket('127.0.0.1', 'ipv4', 3),
    socket('127.0.0.2', 'ipv4', 4),
  ] as const
  it('are those bound to it, before those bound to all', () =>
    expect(askedAt([any, anyOfBoth, own, other], '127.0.0.1')).toEqual([own]))
  it('are those bound to all, of either family', () =>
    expect(askedAt([any, anyOfBoth, other], '127.0.0.1')).toEqual([any, anyOfBoth]))
})
