import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareAttach } from '../../src/api/attach.js'
import { readWatchedSockets } from '../../src/host/watched-sockets.js'
import { SocketReaders } from '../../src/host/socket-readers.js'
import { openObserver } from '../../src/observer/open.js'
import type { ReadersReading } from '../../src/recording/watched-group.js'
import { hasPython, heldSockets, mayExplain } from './foreign-group.js'
import { until } from './process-table.js'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const root = process.geteuid?.() === 0

let closers: (() => unknown)[]
beforeEach(() => {
  closers = []
})
afterEach(async () => {
  for (const close of closers.toReversed()) await close()
})

/** Starts a server that says its port and who reads. */
async function start(command: string, ...args: string[]): Promise<{ port: number; pids: number[] }> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  closers.push(async () => {
    const ended = once(child, 'close')
    child.stdin.end()
    await ended
  })
  const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  const [port = 0, ...pids] = String(value).split(' ').map(Number)
  return { port, pids }
}

const python = (kind: string, protocol: 'udp' | 'tcp', count = 1) =>
  start('python3', here('reading-server.py'), kind, protocol, String(count))

let program: string | undefined
/** The server that reads by io_uring, compiled; undefined where that cannot be. */
function ringServer(): string | undefined {
  if (program === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'rpbench-ring-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    const built = spawnSync('cc', ['-O1', '-o', join(folder, 'server'), here('ring-server.c'), '-lpthread'])
    program = built.status === 0 ? join(folder, 'server') : ''
  }
  return program || undefined
}

async function askUdp(port: number): Promise<void> {
  const client = createSocket('udp4')
  try {
    client.bind(0)
    await once(client, 'listening')
    const answered = once(client, 'message')
    client.send('?', port, '127.0.0.1')
    await answered
  } finally {
    client.close()
  }
}

async function askTcp(port: number): Promise<void> {
  const client = net.connect(port, '127.0.0.1')
  client.resume()
  await once(client, 'close')
}

/** Watches who reads the one socket on a port: what is seen so far, each time that it is asked. */
async function watch(protocol: 'udp' | 'tcp', port: number): Promise<() => ReadersReading> {
  const [socket] = await until('its socket is held', () => {
    const sockets = heldSockets(protocol, port)
    return sockets.some(({ holders }) => holders.length > 0) && sockets
  })
  const { inode, cookie, holders } = socket!
  const observer = openObserver({ protocol, port, upTo: 'explain', sockets: [socket!] })
  closers.push(() => observer.close())
  const readers = new SocketReaders()
  const commands = holders.map((holder) => ({ ...holder, command: 'server' }))
  return () => {
    readers.look(new Map([[inode, commands]]))
    return readers.of(
      inode,
      observer.takers()?.filter((taker) => taker.cookie === cookie),
    )
  }
}

async function ask(protocol: 'udp' | 'tcp', port: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await (protocol === 'udp' ? askUdp : askTcp)(port)
}

describe.skipIf(!hasPython || !root)('readers of a socket of somebody else', () => {
  it.each([
    ['block', 'udp', 'receive'],
    ['poll', 'udp', 'poll'],
    ['select', 'udp', 'select'],
    ['epoll', 'udp', 'epoll'],
    ['block', 'tcp', 'accept'],
    ['poll', 'tcp', 'poll'],
    ['select', 'tcp', 'select'],
    ['epoll', 'tcp', 'epoll'],
  ] as const)('that wait by %s (%s) are named with their thread', async (kind, protocol, by) => {
    const { port, pids } = await python(kind, protocol)
    const seen = await watch(protocol, port)
    await ask(protocol, port, 3)
    // After an answer it may still be on its way back to its wait.
    const { threads } = await until('it waits', () => {
      const readers = seen()
      return readers.threads.some((thread) => thread.by === by) && readers
    })
    expect(threads).toMatchObject([{ pid: pids[0], threadId: pids[0], by }])
  })

  it('that are two of one socket are both named, by what they wait in', async () => {
    const { port, pids } = await python('poll', 'udp', 2)
    const seen = await watch('udp', port)
    await until('both wait', () => seen().threads.length === 2)
    const { result } = await prepareAttach({ port: String(port), udp: true, duration: '300ms' }).watch({})
    expect(result.members[0]!.readers!.threads.map(({ pid }) => pid)).toEqual(pids.toSorted((a, b) => a - b))
    expect(result.findings.map(({ code }) => code)).toContain('shared')
  })

  it.skipIf(!mayExplain)('that never wait are seen to take datagrams, and to find nothing', async () => {
    const { port, pids } = await python('busy', 'udp')
    const seen = await watch('udp', port)
    await ask('udp', port, 5)
    const readers = await until('it found nothing', () => {
      const now = seen()
      return (now.threads[0]?.inVain ?? 0) > 0 && now
    })
    expect(readers).toMatchObject({
      threads: [{ pid: pids[0], threadId: pids[0], by: 'taking', taken: 5 }],
      othersUnseen: false,
      takesSeen: true,
    })
  })

  it.skipIf(!mayExplain || !ringServer()).each(['ring', 'worker'])(
    'that read by io_uring (%s) are seen to take, in the name of the thread that has the ring',
    async (kind) => {
      const { port, pids } = await start(ringServer()!, kind)
      const seen = await watch('udp', port)
      await ask('udp', port, 5)
      const { threads, takesSeen } = await until('it waits again', () => {
        const now = seen()
        return now.threads[0]?.by === 'io_uring' && now
      })
      expect(threads).toMatchObject([{ pid: pids[0], threadId: pids[0], by: 'io_uring' }])
      // One receive may have begun before the program was there.
      expect(threads[0]!.taken).toBeGreaterThanOrEqual(4)
      expect(takesSeen).toBe(true)
    },
  )

  it.skipIf(!mayExplain || !ringServer())(
    'that hold a socket and wait in a ring for something else are found to take nothing',
    async () => {
      const { port } = await start(ringServer()!, 'hold')
      const client = createSocket('udp4')
      const sending = setInterval(() => client.send('?', port, '127.0.0.1'), 20)
      closers.push(() => {
        clearInterval(sending)
        client.close()
      })
      client.send('?', port, '127.0.0.1')
      await until('something waits', () => readWatchedSockets('udp', port).some(({ queued }) => queued > 0))
      const { result } = await prepareAttach({ port: String(port), udp: true, duration: '3s' }).watch({})
      expect(result.findings.find(({ code }) => code === 'unread')).toMatchObject({
        members: [0],
        message: expect.stringContaining('no thread took anything from it, or tried to') as string,
      })
    },
  )
})
