import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import dgram from 'node:dgram'
import { readdirSync, readlinkSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { GroupOptions } from '../../src/group/group-options.js'
import { OwnGroup } from '../../src/group/own-group.js'
import { Debugger, MAY_DEBUG } from '../debugger.js'
import { quietPort } from './experiment.js'
import { groupOptions } from './group-options.js'
import { isConnectedOn, udpSocket, udpSocketsOn } from './kernel-counters.js'
import { isRunning, membersOf, refuseLeftovers, until } from './process-table.js'
import { request } from './request.js'

const open: { group: OwnGroup; client: dgram.Socket }[] = []
afterEach(async () => {
  for (const { group, client } of open.splice(0)) {
    client.close()
    await group.stop()
  }
  refuseLeftovers(process.pid)
})

/** A group, and a client that is no part of its run. */
async function start(
  changes: Partial<GroupOptions> = {},
): Promise<{ group: OwnGroup; client: dgram.Socket }> {
  const group = await OwnGroup.start(groupOptions(changes))
  const client = dgram.createSocket('udp4')
  open.push({ group, client })
  client.bind(0, '127.0.0.1')
  await once(client, 'listening')
  return { group, client }
}

async function send(client: dgram.Socket, group: OwnGroup, datagrams: readonly Buffer[]): Promise<void> {
  await Promise.all(
    datagrams.map(
      (data) =>
        new Promise<void>((resolve, reject) => {
          client.send(data, group.sockets.port, '127.0.0.1', (error) => {
            if (error) reject(error)
            else resolve()
          })
        }),
    ),
  )
}

/** Inodes of the sockets that this process holds. */
const openSockets = (): number[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return Number(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? [])
    } catch {
      // The descriptor of the folder itself is closed by now.
      return []
    }
  })

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)

describe('a group', () => {
  it('is one socket a member on one port, each held by its own process', async () => {
    const { group } = await start({ members: 3 })
    expect(udpSocketsOn(group.sockets.port)).toBe(3)
    const pids = group.hosts.map((host) => host.pid)
    expect(new Set(pids).size).toBe(3)
    expect(membersOf(process.pid).toSorted((a, b) => a - b)).toEqual(pids.toSorted((a, b) => a - b))
    expect(group.strangers()).toEqual([])
  })

  it('answers a request of its run, from the port it was sent to', async () => {
    const { group, client } = await start()
    const answer = once(client, 'message') as Promise<[Buffer, dgram.RemoteInfo]>
    const asked = request(group.options.runId!, client)
    await send(client, group, [asked])
    const [data, from] = await answer
    expect(from).toMatchObject({ address: '127.0.0.1', port: group.sockets.port, size: asked.length })
    expect(data.readUInt8(5) & 1, 'marked as a reply').toBe(1)
    expect(data.subarray(8, 20)).toEqual(asked.subarray(8, 20))
    const counters = await group.snapshot()
    expect(counters.map((c) => c.taken[1]).toSorted((a, b) => a - b)).toEqual([0, 1])
    expect(counters[data.readUInt16LE(6)]!.echoed).toEqual([0, 1])
  })

  it('has arrivals stamped until the measured phase begins, and then is the only one to hold its sockets', async () => {
    const { group, client } = await start({ stampArrivals: 'warm-up' })
    const queuedNs = async (): Promise<number> => {
      const answer = once(client, 'message') as Promise<[Buffer, dgram.RemoteInfo]>
      await send(client, group, [request(group.options.runId!, client)])
      return (await answer)[0].readUInt32LE(48)
    }
    const unknown = 2 ** 32 - 1
    const { inodes } = group.sockets
    const ours = (): number => openSockets().filter((inode) => inodes.includes(inode)).length
    expect(await queuedNs()).toBeLessThan(unknown)
    expect(ours()).toBe(inodes.length)
    await group.begin()
    expect(await queuedNs()).toBe(unknown)
    expect(ours()).toBe(0)
  })

  it('names members that died just before it was stopped, of which nobody had heard yet', async () => {
    const { group } = await start()
    await group.begin()
    for (const { pid } of group.hosts) process.kill(pid, 'SIGKILL')
    const { lives } = await group.finish()
    expect(lives.map(({ died }) => died)).toEqual(['was killed by SIGKILL', 'was killed by SIGKILL'])
  })

  it('takes what is not of its run, counts it, and answers none of it', async () => {
    const { group, client } = await start()
    const replies: Buffer[] = []
    client.on('message', (data) => replies.push(data))
    const good = request(group.options.runId!, client)
    const but = (change: (data: Buffer) => void): Buffer => {
      const data = Buffer.from(good)
      change(data)
      return data
    }
    const strangers = [
      Buffer.alloc(0),
      Buffer.from('hello'),
      randomBytes(64),
      good.subarray(0, 55),
      good.subarray(0, -1),
      Buffer.concat([good, Buffer.alloc(1)]),
      Buffer.concat([good, good]),
      request(group.options.runId! ^ 1n, client),
      but((data) => data.writeUInt8(1, 4)),
      but((data) => data.writeUInt8(0b11, 5)),
      but((data) => data.writeUInt8(0b100, 5)),
      but((data) => data.writeUInt32LE(0, 0)),
      // Copies of a request of this run that come from another port, or another address, than it came from.
      but((data) => data.writeUInt16LE(data.readUInt16LE(6) ^ 1, 6)),
      but((data) => data.writeUInt8(data[23]! ^ 1, 23)),
    ]
    await send(client, group, strangers)
    await until(
      'all were taken',
      () => total(group.hosts.map((_, i) => group.counters.read(i).strangers)) >= strangers.length,
    )
    // One request behind them: its reply shows that nothing else will come.
    await send(client, group, [good])
    await until('the request was answered', () => replies.length > 0)
    const counters = await group.snapshot()
    expect(replies).toHaveLength(1)
    expect(total(counters.map((c) => c.strangers))).toBe(strangers.length)
    expect(total(counters.map((c) => c.taken[0] + c.taken[1]))).toBe(1)
  })

  it('counts the drops that /proc/net/udp shows for its sockets', async () => {
    const { group, client } = await start({ receiveBufferBytes: 4096 })
    // Members that stand still cannot empty their queues: the burst must overflow them.
    for (const { pid } of group.hosts) process.kill(pid, 'SIGSTOP')
    const burst = Array.from({ length: 500 }, () => Buffer.from('stranger'))
    await send(client, group, burst)
    const seen = group.sockets.inodes.map((inode) => udpSocket(inode)!)
    expect(total(seen.map((socket) => socket.drops))).toBeGreaterThan(400)
    for (const { pid } of group.hosts) process.kill(pid, 'SIGCONT')
    expect(await group.untilEmpty(30_000)).toBe(true)
    const counters = await group.snapshot()
    expect(counters.map((c) => c.drops)).toEqual(seen.map((socket) => socket.drops))
    expect(total(counters.map((c) => c.strangers + c.drops))).toBe(burst.length)
    expect(group.sockets.inodes.map((inode) => udpSocket(inode))).toEqual(
      counters.map((c) => ({ drops: c.drops, queuedBytes: 0 })),
    )
    expect(
      counters.map((c) => c.receiveBufferBytes),
      'the kernel doubles it',
    ).toEqual([8192, 8192])
  })

  it('waits for no member that a debugger holds', { skip: !MAY_DEBUG }, async () => {
    const { group } = await start()
    const debugged = Debugger.hold(group.hosts[0]!.pid)
    try {
      await debugged.untilHeld()
      expect(await group.untilEmpty(60_000)).toBe(true)
      await group.stop()
      expect(isRunning(group.hosts[0]!.pid)).toBe(false)
    } finally {
      await debugged.release()
    }
  })

  it('counts what was queued and not taken when it was stopped', async () => {
    const { group, client } = await start({ members: 1 })
    const [{ pid }] = group.hosts as [OwnGroup['hosts'][number]]
    process.kill(pid, 'SIGSTOP')
    await send(
      client,
      group,
      Array.from({ length: 100 }, () => request(group.options.runId!, client)),
    )
    group.counters.stop(0, 'end')
    process.kill(pid, 'SIGCONT')
    await group.stop()
    const { taken, echoed, left } = group.counters.read(0)
    expect(taken[1] + left[1]).toBe(100)
    expect(echoed).toEqual(taken)
  })

  it('behind a front counts what was handed on to members that stand still', async () => {
    const { group, client } = await start({ dispatch: 'fan-out', members: 2 })
    for (const { pid } of group.hosts) process.kill(pid, 'SIGSTOP')
    const asked = Array.from({ length: 50 }, () => request(group.options.runId!, client))
    await send(client, group, [...asked, Buffer.from('stranger')])
    await until('the front took all', () => group.front!.read().taken[1] === 50)
    for (const { pid } of group.hosts) process.kill(pid, 'SIGCONT')
    expect(await group.untilEmpty(30_000)).toBe(true)
    await group.snapshot()
    const front = group.front!.read()
    expect(front).toMatchObject({ taken: [0, 50], handedOn: [0, 50], strangers: 1, drops: 0 })
    expect(total(group.read().map((c) => c.echoed[1]))).toBe(50)
    expect(
      group.read().filter((c) => c.taken[1] > 0),
      'one flow has one member',
    ).toHaveLength(1)
    expect(group.read().map((c) => c.receiveBufferBytes > 0)).toEqual([true, true])
  })

  it('behind a front counts what was left there, and what was left with members, when it was stopped', async () => {
    const { group, client } = await start({ dispatch: 'fan-out', members: 1 })
    const [{ pid }] = group.hosts as [OwnGroup['hosts'][number]]
    const front = group.front!
    process.kill(pid, 'SIGSTOP')
    const asked = Array.from({ length: 100 }, () => request(group.options.runId!, client))
    await send(client, group, asked)
    await until('the front handed on', () => front.read().handedOn[1] === 100)
    process.kill(front.host.pid, 'SIGSTOP')
    await send(client, group, asked)
    const stopped = group.stop()
    process.kill(front.host.pid, 'SIGCONT')
    await front.host.ended
    group.counters.stop(0, 'end')
    process.kill(pid, 'SIGCONT')
    await stopped
    const { taken, left } = group.counters.read(0)
    const { taken: passed, handedOn, left: behind } = front.read()
    expect(passed[1] + behind[1]).toBe(200)
    expect(taken[1] + left[1]).toBe(handedOn[1])
    // One batch it may have been about to take when it was told to stop.
    expect(left[1], 'more than a batch waited').toBeGreaterThan(0)
  })

  it('says which member died and how, and keeps what it had counted', async () => {
    const { group, client } = await start()
    await send(client, group, [Buffer.from('stranger')])
    await until('it was taken', () => group.hosts.some((_, i) => group.counters.read(i).strangers === 1))
    const died = new Promise((resolve) => group.onDeath((index, why) => resolve([index, why])))
    process.kill(group.hosts[1]!.pid, 'SIGKILL')
    expect(await died).toEqual([1, 'was killed by SIGKILL'])
    expect(udpSocketsOn(group.sockets.port)).toBe(1)
    expect(total((await group.snapshot()).map((c) => c.strangers))).toBe(1)
  })

  it('of threads lives in this process and leaves no socket behind', async () => {
    const { group, client } = await start({ server: 'threads', members: 3 })
    expect(membersOf(process.pid)).toEqual([])
    expect(udpSocketsOn(group.sockets.port)).toBe(3)
    const answer = once(client, 'message')
    await send(client, group, [request(group.options.runId!, client)])
    await answer
    await group.stop()
    expect(udpSocketsOn(group.sockets.port)).toBe(0)
  })

  it.each(['processes', 'threads'] as const)(
    'of %s leaves nothing behind when the user has had enough while it starts',
    async (server) => {
      const port = quietPort()
      const started = OwnGroup.start(groupOptions({ server, port, members: 3 }), AbortSignal.abort())
      await expect(started).rejects.toMatchObject({ code: 'RPB_INTERRUPTED' })
      expect(udpSocketsOn(port)).toBe(0)
    },
  )

  it('of 64 members starts and stops', async () => {
    const { group } = await start({ members: 64 })
    expect(udpSocketsOn(group.sockets.port)).toBe(64)
    const pids = group.hosts.map((host) => host.pid)
    expect(pids.every((pid) => isRunning(pid))).toBe(true)
    expect(await group.snapshot()).toHaveLength(64)
    await group.stop()
    expect(pids.filter((pid) => isRunning(pid))).toEqual([])
    expect(udpSocketsOn(group.sockets.port)).toBe(0)
    expect([...group.deaths]).toEqual([])
  })
})

describe('a member that leaves', () => {
  const LEAVERS = 8

  it('by drain is out of the group, with its socket open, until nothing comes any more', async () => {
    const { group } = await start({ members: LEAVERS + 1 })
    // Each waits for 10 ms: who looks on and loses its CPU for longer sees another.
    let seen = 0
    for (let member = 0; member < LEAVERS; member++) {
      const leaving = group.leave(member, 'drain')
      for (let look = 0; look < 200 && seen <= member; look++) if (isConnectedOn(group.port)) seen++
      expect(await leaving).toBeGreaterThan(0)
    }
    expect(seen).toBeGreaterThan(0)
    expect(udpSocketsOn(group.port)).toBe(1)
  })

  it('by close never is', async () => {
    const { group } = await start({ members: 3 })
    const leaving = group.leave(0, 'close')
    for (let look = 0; look < 20; look++) expect(isConnectedOn(group.port)).toBe(false)
    await leaving
    expect(udpSocketsOn(group.port)).toBe(2)
  })
})
