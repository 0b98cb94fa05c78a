import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSocket } from '../../src/host/transport.js'
import { addon, checked } from '../../src/native.js'
import { measure, quietPort, type Measured } from './experiment.js'
import { udpSocketsOn } from './kernel-counters.js'
import { refuseLeftovers } from './process-table.js'
import { Stranger } from './stranger.js'

const plan = { procs: 2, flows: 100, inFlight: 10 }

describe('a port that a stranger holds', () => {
  it('is refused, naming the process', async () => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    try {
      const { port } = socket.address()
      await expect(measure({ ...plan, port })).rejects.toMatchObject({
        code: 'RPB_PORT_IN_USE',
        message: expect.stringMatching(
          new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use by process ${process.pid} \\(.+\\)`),
        ) as string,
      })
    } finally {
      socket.close()
    }
  })

  it('on the wildcard address of IPv6 is refused as well', async () => {
    const socket = createSocket('udp6')
    const bound = once(socket, 'listening').catch(() => undefined)
    socket.bind(0, '::')
    if ((await bound) === undefined) return // no IPv6 here
    try {
      const { port } = socket.address()
      await expect(measure({ ...plan, port })).rejects.toMatchObject({ code: 'RPB_PORT_IN_USE' })
    } finally {
      socket.close()
    }
  })
})

const LONG = { ...plan, warmupNs: 0, durationNs: 600e9, timeoutNs: 200e6 }

/** Measures until what is to happen meanwhile has happened. */
async function measureWhile(port: number, meanwhile: () => Promise<unknown>): Promise<Measured['result']> {
  const enough = new AbortController()
  let happened: Promise<unknown> | undefined
  const { result } = await measure(
    { ...LONG, port },
    {
      signal: enough.signal,
      onProgress: ({ phase, figures }) => {
        if (phase === 'measuring' && figures.replied > 0)
          happened ??= meanwhile().finally(() => enough.abort())
      },
    },
  )
  await happened
  return result
}

describe('strangers that join and leave before the end', () => {
  const strangers: Stranger[] = []
  const fds: number[] = []
  afterEach(async () => {
    for (const stranger of strangers.splice(0)) await stranger.end()
    for (const fd of fds.splice(0)) addon.close(fd)
    refuseLeftovers(process.pid)
  })

  async function strangerOn(address?: string): Promise<Stranger> {
    const stranger = await Stranger.start(address)
    strangers.push(stranger)
    return stranger
  }

  it.each([0, 5000])(
    'are named, with when they were seen and what they took, beside %i other sockets',
    async (others) => {
      while (fds.length < others) {
        const fd = openSocket({ address: '127.0.0.1' })
        fds.push(fd)
        checked(addon.bind(fd, `127.77.${fds.length >> 11}.1`, 0), 'bind')
      }
      const port = quietPort()
      const stays = [2000, 1000, 300]
      const visitors = await Promise.all(stays.map(() => strangerOn()))
      const result = await measureWhile(port, () =>
        Promise.all(visitors.map((visitor, i) => visitor.visit(port, stays[i]!))),
      )
      expect(result.validity.verdict).toBe('invalid')
      const { message } = result.validity.findings.find(({ code }) => code === 'stranger-joined')!
      expect(result.strangers).toHaveLength(stays.length)
      for (const { pid } of visitors) {
        expect(message).toContain(`process ${pid} (`)
        const { firstSeenNs, lastSeenNs } = result.strangers!.find(({ owner }) =>
          owner.startsWith(`process ${pid} (`),
        )!
        expect(lastSeenNs).toBeGreaterThanOrEqual(firstSeenNs)
      }
      // It reads nothing: what it got stood in its queue, or was dropped.
      const { atStrangers = 0, reckonedAtStrangers = 0, unexplained, lost } = result.books
      expect(atStrangers).toBeGreaterThan(0)
      expect(atStrangers + reckonedAtStrangers).toBe(lost)
      expect(unexplained).toBe(0)
      expect(message).toMatch(
        / took a part of its flows: [\d,]+ requests?( at least, [\d,]+ by what is missing elsewhere)?\.$/,
      )
    },
  )

  it('are seen however short they stay, and members that leave are not taken for them', async () => {
    const VISITS = 10
    const port = quietPort()
    const visitor = await strangerOn()
    const result = await measureWhile(port, async () => {
      for (let i = 0; i < VISITS; i++) await visitor.visit(port, i % 2 === 0 ? 10 : 2)
    })
    const { strangers: found = [], books, validity } = result
    expect(found.reduce((sum, { sockets = 1 }) => sum + sockets, 0)).toBe(VISITS)
    // One that is looked at while it is there has a name.
    for (const { owner } of found)
      expect(owner).toMatch(
        new RegExp(`^(process ${visitor.pid} |a process (that left before it could be named|of user id ))`),
      )
    expect(validity.verdict).toBe('invalid')
    expect((books.atStrangers ?? 0) + (books.reckonedAtStrangers ?? 0)).toBe(books.lost)
    expect(books.unexplained).toBe(0)
  })

  it('are not accused on the wildcard address beside a group on one, where they get nothing', async () => {
    const port = quietPort()
    const visitor = await strangerOn('0.0.0.0')
    const result = await measureWhile(port, () => visitor.visit(port, 300))
    expect(result.strangers).toBeUndefined()
    expect(result.books).toMatchObject({ lost: 0, unexplained: 0 })
    expect(result.validity.findings.map(({ code }) => code)).not.toContain('stranger-joined')
  })
})

describe('a stranger with SO_REUSEPORT', () => {
  let stranger: Stranger
  beforeEach(async () => {
    stranger = await Stranger.start()
  })
  afterEach(async () => {
    await stranger.end()
    refuseLeftovers(process.pid)
  })

  it('keeps a group from its port, though the kernel would let both have it', async () => {
    const port = quietPort()
    await stranger.bind(port)
    await expect(measure({ ...plan, port })).rejects.toMatchObject({
      code: 'RPB_PORT_IN_USE',
      message: expect.stringContaining(`in use by process ${stranger.pid} (`) as string,
    })
    expect(udpSocketsOn(port), 'only the stranger’s is left').toBe(1)
  })

  it('that joins during the run is found and named, and makes the run invalid', async () => {
    const port = quietPort()
    const result = await measureWhile(port, () => stranger.bind(port))
    expect(result.validity.verdict).toBe('invalid')
    const finding = result.validity.findings.find((f) => f.code === 'stranger-joined')
    expect(finding?.message).toContain(`process ${stranger.pid} (`)
  })
})

/** Whether this user may send packets of his own making. */
const mayReplay =
  spawnSync('python3', ['-c', 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)']).status === 0

describe('copies of requests of a run, on their way to it (root)', { skip: !mayReplay }, () => {
  const COPIES = 40

  /** @returns its end, once it hears what is sent */
  async function copying(
    port: number,
    source: 'same' | 'other' | `${number}`,
    copies = COPIES,
  ): Promise<{ done: Promise<void> }> {
    const script = fileURLToPath(new URL('replay.py', import.meta.url))
    const child = spawn('python3', [script, String(port), String(copies), source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit') as Promise<[number | null]>
    await once(child.stdout, 'data')
    return { done: ended.then(([status]) => expect(status).toBe(0)) }
  }

  const copy = async (port: number, source: 'same' | 'other'): Promise<void> =>
    (await copying(port, source)).done

  it('from the same source are answered, and counted as what they are', async () => {
    const port = quietPort()
    const { books, validity } = await measureWhile(port, () => copy(port, 'same'))
    expect(books).toMatchObject({ duplicates: COPIES, replayed: COPIES, lost: 0, unexplained: 0 })
    expect(books.taken).toBe(books.sent + COPIES)
    expect(validity.findings.map(({ code }) => code)).toContain('replayed')
  })

  it('whose flow has closed are answered to nobody, and counted by what met no socket', async () => {
    const port = quietPort()
    const flows = { flows: 60, waveSize: 20, requests: 300 }
    const copied = await copying(port, '20', 5)
    const { result } = await measure({ ...plan, ...flows, warmupNs: 0, port })
    await copied.done
    const { books } = result
    expect(books).toMatchObject({ replayed: 5, replayedUnheard: 5, duplicates: 0, lost: 0, unexplained: 0 })
    expect(books.echoed).toBe(books.replied + 5)
  })

  it('from another source are strangers, and nobody answers them', async () => {
    const port = quietPort()
    const { books } = await measureWhile(port, () => copy(port, 'other'))
    expect(books).toMatchObject({ strangersAtMembers: COPIES, duplicates: 0, replayed: 0 })
    expect(books).toMatchObject({ taken: books.sent, lost: 0, unexplained: 0 })
  })
})
