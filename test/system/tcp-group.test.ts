import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { GroupOptions } from '../../src/group/group-options.js'
import { OwnGroup } from '../../src/group/own-group.js'
import { readListenStatistics } from '../../src/host/listen-statistics.js'
import type { MemberCounters } from '../../src/recording/counters.js'
import { groupOptions } from './group-options.js'
import { listenersOn } from './kernel-counters.js'
import { refuseLeftovers, until } from './process-table.js'
import { Connection, message, PAYLOAD, replyOf } from './tcp-client.js'

const groups: OwnGroup[] = []
const connections: Connection[] = []
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.reset()
  for (const group of groups.splice(0)) await group.stop()
  refuseLeftovers(process.pid)
})

async function start(changes: Partial<GroupOptions> = {}): Promise<OwnGroup> {
  const group = await OwnGroup.start(groupOptions({ protocol: 'tcp', payloadBytes: PAYLOAD, ...changes }))
  groups.push(group)
  return group
}

async function connect(group: OwnGroup): Promise<Connection> {
  const connection = await Connection.open(group.port)
  connections.push(connection)
  return connection
}

const sum = (all: readonly MemberCounters[], of: (one: MemberCounters) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

const inOrder = (count: number, runId: bigint): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, sequence) => message(runId, { sequence })))

const messagesIn = (data: Buffer): Buffer[] =>
  Array.from({ length: data.length / PAYLOAD }, (_, i) => data.subarray(i * PAYLOAD, (i + 1) * PAYLOAD))

describe('a group over TCP', () => {
  it('is a listener a member on one port, each held by its own process', async () => {
    const group = await start({ members: 3 })
    expect(listenersOn(group.port)).toHaveLength(3)
    expect(new Set(group.hosts.map(({ pid }) => pid)).size).toBe(3)
  })

  it('serves each connection by one member, and counts all of them as the kernel does', async () => {
    const group = await start({ members: 4 })
    const before = tcpCounters()
    const runId = group.options.runId!
    const served = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const connection = await connect(group)
        const members: number[] = []
        for (let sequence = 0; sequence < 3; sequence++) {
          const reply = replyOf(await connection.ask(message(runId, { sequence })))
          expect(reply).toMatchObject({ generation: 0, sequence })
          members.push(reply.member)
        }
        expect(new Set(members).size).toBe(1)
        return members[0]!
      }),
    )
    const counters = await group.snapshot()
    expect(counters.map(({ connections: of }) => of!.accepted)).toEqual(
      [0, 1, 2, 3].map((member) => served.filter((one) => one === member).length),
    )
    expect(sum(counters, ({ taken }) => taken[1])).toBe(600)
    expect(sum(counters, ({ echoed }) => echoed[1])).toBe(600)
    expect(sum(counters, ({ connections: of }) => of!.open)).toBe(200)
    expect(tcpCounters().PassiveOpens! - before.PassiveOpens!, 'of all of the host').toBeGreaterThanOrEqual(
      200,
    )
    for (const connection of connections.splice(0)) connection.reset()
    await until('they are seen to be gone', () => group.read().every(({ connections: of }) => of!.open === 0))
    expect(sum(group.read(), ({ connections: of }) => of!.reset)).toBe(200)
  })

  it('puts messages together that come in pieces, and answers those that come at once in order', async () => {
    const group = await start({ members: 1 })
    const connection = await connect(group)
    const runId = group.options.runId!
    const one = message(runId, { sequence: 1 })
    for (let at = 0; at < PAYLOAD - 1; at += 9) {
      connection.socket.write(one.subarray(at, Math.min(at + 9, PAYLOAD - 1)))
      await group.untilEmpty(1_000)
    }
    expect(connection.received, 'nothing before it is whole').toHaveLength(0)
    expect(replyOf(await connection.ask(one.subarray(PAYLOAD - 1), PAYLOAD)).sequence).toBe(1)
    const replies = messagesIn(await connection.ask(inOrder(1000, runId)))
    expect(replies.map((reply) => replyOf(reply).sequence)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })

  it('waits for a peer that does not read, and loses nothing of what it owes', async () => {
    const group = await start({ members: 1, receiveBufferBytes: 8192 })
    const slow = await connect(group)
    slow.socket.pause()
    const count = 100_000
    slow.socket.write(inOrder(count, group.options.runId!))
    await until('it is answered no more', async () => {
      const before = group.read()[0]!.taken[1]
      await group.untilEmpty(1_000)
      return before > 0 && group.read()[0]!.taken[1] === before
    })
    expect(group.read()[0]!.taken[1]).toBeLessThan(count)
    const other = await connect(group)
    expect(replyOf(await other.ask(message(group.options.runId!))).member, 'others are served').toBe(0)
    slow.socket.resume()
    await until('all is there', () => slow.received.length === count * PAYLOAD)
    expect(messagesIn(slow.received).every((reply, i) => replyOf(reply).sequence === i)).toBe(true)
    expect(group.read()[0]!.echoed[1]).toBe(count + 1)
  })

  it.each([
    ['another protocol', () => Buffer.from('GET / HTTP/1.1\r\nHost: here\r\n\r\n')],
    ['three bytes that do not begin a request', () => Buffer.from('GET')],
    ['a request of another run', (runId: bigint) => message(runId + 1n)],
    ['the beginning of one', (runId: bigint) => message(runId + 1n).subarray(0, 17)],
    [
      'a reply',
      (runId: bigint) => {
        const reply = message(runId)
        reply.writeUInt8(0b11, 5)
        return reply
      },
    ],
    [
      'one of ours, then something else',
      (runId: bigint) => Buffer.concat([message(runId), Buffer.alloc(PAYLOAD)]),
    ],
  ])('closes a connection that sends %s, counts it and answers nothing of it', async (what, make) => {
    const group = await start({ members: 1 })
    const connection = await connect(group)
    connection.socket.write(make(group.options.runId!))
    await connection.end()
    const ours = what.startsWith('one of ours') ? 1 : 0
    expect(connection.received.length).toBeLessThanOrEqual(ours * PAYLOAD)
    const counters = group.read()[0]!
    expect(counters.strangers).toBe(1)
    expect(counters.taken).toEqual([0, ours])
    expect(counters.connections).toMatchObject({ accepted: 1, open: 0 })
  })

  it('has what waits for a member that stands still counted as the kernel counts it, and overflows too', async () => {
    const group = await start({ members: 1, backlog: 5 })
    const before = readListenStatistics()!
    await group.stall(0)
    const waiting = await Promise.all(Array.from({ length: 6 }, () => connect(group)))
    expect(listenersOn(group.port)).toMatchObject([{ acceptQueue: 6 }])
    group.lookAtPort()
    expect(group.acceptQueueOf(0), 'from outside').toBe(6)
    // The kernel takes one more than the backlog; whoever comes then is not answered.
    const late = net.connect({ port: group.port, host: '127.0.0.1' })
    await until('a SYN was dropped', () => readListenStatistics()!.overflows > before.overflows)
    group.resume(0)
    await once(late, 'connect')
    for (const connection of waiting)
      expect(replyOf(await connection.ask(message(group.options.runId!))).member).toBe(0)
    late.resetAndDestroy()
    const { connections: of, drops } = (await group.snapshot())[0]!
    expect(of).toMatchObject({ accepted: 7, acceptQueue: 0, acceptQueueMost: 6, acceptQueueLimit: 5 })
    expect(drops, 'no request was dropped').toBe(0)
    const kernel = readListenStatistics()!
    expect(of!.overflows).toBeGreaterThan(0)
    expect(of!.overflows).toBeLessThanOrEqual(kernel.drops - before.drops)
  })

  it('says what was left in the accept queue, and in connections, when it is told to end', async () => {
    const group = await start({ members: 1 })
    const open = await connect(group)
    await open.ask(message(group.options.runId!))
    await group.stall(0)
    const queued = await connect(group)
    queued.socket.write(inOrder(3, group.options.runId!))
    open.socket.write(inOrder(2, group.options.runId!))
    await until('all of it is there', () => listenersOn(group.port)[0]!.acceptQueue === 1)
    await group.stop()
    const counters = group.read()[0]!
    expect(counters).toMatchObject({ taken: [0, 1], echoed: [0, 1], left: [0, 5] })
    expect(counters.connections).toMatchObject({ accepted: 1, acceptQueue: 1, open: 1 })
  })

  it('serves thousands of connections at a time', async () => {
    const group = await start({ members: 2 })
    const count = 4000
    for (let i = 0; i < count; i++) await connect(group)
    const replies = await Promise.all(
      connections.map((connection) => connection.ask(message(group.options.runId!))),
    )
    expect(replies).toHaveLength(count)
    const counters = await group.snapshot()
    expect(sum(counters, ({ connections: of }) => of!.open)).toBe(count)
    expect(sum(counters, ({ echoed }) => echoed[1])).toBe(count)
  })
})

/** Flows with each a connection that nobody has accepted, of two members that stand still. */
async function queuedAt(group: OwnGroup, flows: number): Promise<Connection[]> {
  await group.stall(0)
  await group.stall(1)
  const all = await Promise.all(Array.from({ length: flows }, () => connect(group)))
  await until(
    'all are queued',
    () => listenersOn(group.port).reduce((n, l) => n + l.acceptQueue, 0) === flows,
  )
  return all
}

const FLOWS = 40

describe('a listener that leaves', () => {
  it('takes what waits in its accept queue along where it is killed, as many as were seen there', async () => {
    const group = await start({ members: 2 })
    const all = await queuedAt(group, FLOWS)
    await group.kill(0)
    const queued = group.read()[0]!.connections!.acceptQueue
    expect(queued).toBeGreaterThan(0)
    group.resume(1)
    const served = await Promise.all(
      all.map(async (connection) => {
        try {
          return replyOf(await connection.ask(message(group.options.runId!))).member
        } catch {
          return connection.end()
        }
      }),
    )
    expect(served.filter((how) => how === 1)).toHaveLength(FLOWS - queued)
    expect(served.filter((how) => how === 'ECONNRESET' || how === 'EPIPE')).toHaveLength(queued)
  })

  it('closes its connections with it, and what they have sent is answered first', async () => {
    const group = await start({ members: 1 })
    const connection = await connect(group)
    await connection.ask(message(group.options.runId!))
    await group.leave(0, 'close')
    expect(await connection.end()).toBe('end')
    expect(group.read()[0]!).toMatchObject({ connections: { open: 1, acceptQueue: 0 } })
    expect(listenersOn(group.port)).toEqual([])
  })

  it('that drains accepts what waits, and serves its connections until their peers close them', async () => {
    const group = await start({ members: 1 })
    await group.stall(0)
    const all = await Promise.all(Array.from({ length: FLOWS }, () => connect(group)))
    const left = group.leave(0, 'drain')
    group.resume(0)
    await left
    expect(listenersOn(group.port), 'it listens no more').toEqual([])
    for (const connection of all)
      expect(replyOf(await connection.ask(message(group.options.runId!))).member).toBe(0)
    for (const connection of connections.splice(0)) connection.reset()
    await group.stop()
    expect(group.read()[0]!).toMatchObject({
      taken: [0, FLOWS],
      echoed: [0, FLOWS],
      connections: { accepted: FLOWS, open: 0, acceptQueue: 0 },
    })
  })

  it('that drains closes what nobody closes, after a while', async () => {
    const group = await start({ members: 1 })
    const connection = await connect(group)
    await connection.ask(message(group.options.runId!))
    await group.leave(0, 'drain')
    expect(await connection.end()).toBe('end')
    await group.stop()
    expect(group.read()[0]!.connections).toMatchObject({ open: 1 })
  })
})

/** The counters of TCP in this network namespace, by the names they have in /proc/net/snmp. */
function tcpCounters(): Record<string, number> {
  const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Tcp: '))
    .map((line) => line.split(' '))
  return Object.fromEntries(names!.slice(1).map((name, i) => [name, Number(values![i + 1])]))
}
