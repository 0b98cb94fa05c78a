import { execFileSync, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { haveFilters } from '../../src/observer/accepted.js'
import type { Observer } from '../../src/observer/observer.js'
import { openObserver } from '../../src/observer/open.js'
import type { HeldSocket } from '../../src/recording/observation.js'
import { chiSquareStatistic, chiSquareTail } from '../../src/stats/chi-square.js'
import { ForeignGroup, hasPython, heldSockets, mayExplain } from './foreign-group.js'
import { until } from './process-table.js'
import { DNS_SERVERS, has, NGINX, QUESTION, serve, type Server } from './servers.js'

const root = process.geteuid?.() === 0
const FLOWS = 400
/** A fair hash gives less than this once in a million. */
const TINY_P = 1e-6

let closers: (() => unknown)[]
beforeEach(() => {
  closers = []
})
afterEach(async () => {
  for (const close of closers.toReversed()) await close()
})

function observe(protocol: 'udp' | 'tcp', port: number, sockets = heldSockets(protocol, port)): Observer {
  const observer = openObserver({ protocol, port, upTo: 'explain', sockets })
  closers.push(() => observer.close())
  expect(observer).toMatchObject({ level: 'explain', refusals: [], notes: [] })
  return observer
}

async function group(...args: Parameters<typeof ForeignGroup.start>): Promise<ForeignGroup> {
  const foreign = await ForeignGroup.start(...args)
  closers.push(() => foreign.end())
  return foreign
}

async function started(server: Server, isReady: (port: number) => boolean): Promise<number> {
  const { port, end } = await serve(server, isReady)
  closers.push(end)
  return port
}

/** The answer to a datagram from a port of its own, and that port; no answer after five seconds. */
async function ask(port: number, question: string | Uint8Array = '?') {
  const client = createSocket('udp4')
  client.bind(0)
  await once(client, 'listening')
  const answered = once(client, 'message', { signal: AbortSignal.timeout(5000) })
  client.send(question, port, '127.0.0.1')
  const answer = await answered.then(([data]) => String(data)).catch(() => undefined)
  const from = client.address().port
  return { answer, from, close: () => client.close() }
}

/** The first that a server says on a connection, and the port that it came from. The connection stays. */
async function connect(port: number, question = ''): Promise<{ answer: string; from: number }> {
  const socket = net.connect({ port, host: '127.0.0.1' })
  closers.push(() => socket.destroy())
  await once(socket, 'connect')
  const from = socket.localPort!
  const answered = once(socket, 'data')
  if (question !== '') socket.write(question)
  const [data] = (await answered) as [Buffer]
  return { answer: String(data), from }
}

/** How many of the flows are counted at a socket that is held by the process that answered. */
function agreeing(
  observer: Observer,
  sockets: readonly HeldSocket[],
  answers: ReadonlyMap<number, number>,
): number {
  const holders = new Map(sockets.map(({ cookie, holders: of }) => [cookie, of.map(({ pid }) => pid)]))
  return observer
    .counts()!
    .flows.filter(({ cookie, sourcePort }) => holders.get(cookie)?.includes(answers.get(sourcePort) ?? 0))
    .length
}

/** How far a user with these capabilities, and no others, sees. */
function asUser(capabilities: readonly string[], port: number): Pick<Observer, 'level' | 'refusals'> {
  const wanted = ['-all', ...capabilities.map((name) => `+${name}`)].join(',')
  const as = ['--reuid=299999', '--regid=299999', '--clear-groups']
  const script = fileURLToPath(new URL('look-as-user.mjs', import.meta.url))
  return JSON.parse(
    execFileSync(
      'setpriv',
      [...as, `--inh-caps=${wanted}`, `--ambient-caps=${wanted}`, process.execPath, script, String(port)],
      { encoding: 'utf8' },
    ),
  ) as Pick<Observer, 'level' | 'refusals'>
}

describe.skipIf(!mayExplain || !hasPython)('a group of processes that is not ours', () => {
  it('has 400 of 400 flows of UDP where the observer says', async () => {
    const { port } = await group('udp', 4)
    const sockets = heldSockets('udp', port)
    const observer = observe('udp', port)
    const answers = new Map<number, number>()
    const asked: (() => void)[] = []
    for (let i = 0; i < FLOWS; i++) {
      const { answer, from, close } = await ask(port)
      answers.set(from, Number(answer))
      asked.push(close)
    }
    for (const close of asked) close()
    expect(agreeing(observer, sockets, answers)).toBe(FLOWS)
  })

  it('has 400 of 400 connections of TCP where the observer says, and none keeps the filter', async () => {
    const { port, pids } = await group('tcp', 4)
    const sockets = heldSockets('tcp', port)
    const listening = new Set(sockets.map(({ inode }) => inode))
    const observer = observe('tcp', port)
    const answers = new Map<number, number>()
    for (let i = 0; i < FLOWS; i++) {
      const { answer, from } = await connect(port)
      answers.set(from, Number(answer))
    }
    expect(agreeing(observer, sockets, answers)).toBe(FLOWS)
    const { flows, sockets: counted } = observer.counts()!
    expect(flows.every(({ packets, repeated = 0 }) => packets === 1 && repeated === 0)).toBe(true)
    expect(counted.reduce((sum, { packets }) => sum + packets, 0)).toBe(FLOWS)
    expect(haveFilters(port, pids, listening), 'inherited').toBe(true)
    observer.close()
    expect(observer.notes).toEqual([])
    expect(haveFilters(port, pids, listening), 'and taken off').toBe(false)
  })

  it('tells SYNs that come again, since the queue of the listener was full', async () => {
    // One that does not run accepts nothing.
    const { port, pids } = await group('tcp', 1)
    process.kill(pids[0]!, 'SIGSTOP')
    closers.push(() => process.kill(pids[0]!, 'SIGCONT'))
    const observer = observe('tcp', port)
    const clients = Array.from({ length: 520 }, () => net.connect({ port, host: '127.0.0.1' }))
    for (const client of clients) client.on('error', () => {})
    closers.push(() => clients.forEach((client) => client.destroy()))
    await until('a SYN came again', () => observer.counts()!.flows.some(({ repeated = 0 }) => repeated > 0))
    expect(observer.counts()!.flows.every(({ packets }) => packets === 1)).toBe(true)
  })

  it('loses nothing when a member is killed meanwhile', async () => {
    const { port, pids } = await group('udp', 4)
    const observer = observe('udp', port)
    process.kill(pids[1]!, 'SIGKILL')
    await until('its socket is gone', () => heldSockets('udp', port).length === 3)
    for (let i = 0; i < 100; i++) {
      const { answer, close } = await ask(port)
      close()
      expect(pids).toContain(Number(answer))
    }
    observer.follow(heldSockets('udp', port))
    observer.close()
    expect(observer.notes).toEqual([])
  })

  it('is followed when a member joins', async () => {
    const foreign = await group('udp', 2)
    const observer = observe('udp', foreign.port)
    const pid = await foreign.join()
    const sockets = foreign.sockets()
    expect(sockets).toHaveLength(3)
    observer.follow(sockets)
    const answers = new Map<number, number>()
    for (let i = 0; i < 100; i++) {
      const { answer, from, close } = await ask(foreign.port)
      answers.set(from, Number(answer))
      close()
    }
    expect([...answers.values()]).toContain(pid)
    expect(agreeing(observer, sockets, answers)).toBe(answers.size)
  })

  it('keeps a classic filter that it has, and its members are named', async () => {
    const { port, pids } = await group('udp', 2, { ownFilter: true })
    const sockets = heldSockets('udp', port)
    const observer = openObserver({ protocol: 'udp', port, upTo: 'count', sockets })
    closers.push(() => observer.close())
    expect(observer.level).toBe('look')
    for (const pid of pids)
      expect(observer.refusals[0]!.why).toContain(`process ${pid} (python3) has a filter of its own`)
  })

  const canBeUser =
    root &&
    spawnSync('setpriv', ['--reuid=299999', '--regid=299999', '--clear-groups', process.execPath, '-e', '0'])
      .status === 0

  it.skipIf(!canBeUser)('names the command that gives a plain user more', async () => {
    const { port } = await group('udp', 1)
    const [count] = asUser([], port).refusals
    expect(count!.command).toBe(`sudo rpbench attach --port ${port} --udp`)
  })

  it.skipIf(!canBeUser).each<[capabilities: string[], level: string, needs: (string | undefined)[]]>([
    [[], 'look', ['CAP_SYS_PTRACE and CAP_BPF', 'CAP_BPF and CAP_PERFMON']],
    [['bpf'], 'look', ['CAP_SYS_PTRACE', 'CAP_PERFMON']],
    [['sys_ptrace'], 'look', ['CAP_BPF', 'CAP_BPF and CAP_PERFMON']],
    [['bpf', 'sys_ptrace'], 'count', ['CAP_PERFMON']],
    [['bpf', 'perfmon', 'sys_ptrace'], 'explain', []],
  ])('is seen by a user with %j as far as %s', async (capabilities, level, needs) => {
    const { port } = await group('udp', 2)
    const seen = asUser(capabilities, port)
    expect(seen.level).toBe(level)
    expect(seen.refusals.map((refusal) => refusal.needs)).toEqual(needs)
  })
})

describe.skipIf(!mayExplain || !root)('servers that people run', () => {
  it.skipIf(!has('nginx'))(
    'nginx: 400 of 400 connections are where the worker that answers has its socket',
    async () => {
      const port = await started(NGINX, (at) => {
        const sockets = heldSockets('tcp', at)
        return sockets.length === 4 && sockets.every(({ holders }) => holders.length === 5)
      })
      const observer = observe('tcp', port)
      const answers = new Map<number, number>()
      for (let i = 0; i < FLOWS; i++) {
        const { answer, from } = await connect(port, 'GET / HTTP/1.0\r\n\r\n')
        answers.set(from, Number(answer.split('\r\n\r\n')[1]))
      }
      // Every process of it holds every socket; which worker takes from which is found by what they answered.
      const seen = new Map<number, Set<number>>()
      const { flows } = observer.counts()!
      for (const { cookie, sourcePort } of flows)
        seen.set(cookie, (seen.get(cookie) ?? new Set()).add(answers.get(sourcePort)!))
      expect(flows).toHaveLength(FLOWS)
      expect(seen.size).toBe(4)
      expect(
        [...seen.values()].every((pids) => pids.size === 1),
        'a worker for each socket',
      ).toBe(true)
      expect(new Set([...seen.values()].flatMap((pids) => [...pids])).size, 'and each another').toBe(4)
      const orders = observer.explained()!.map(({ group: of }) => of?.order)
      expect(orders.toSorted((a, b) => a! - b!)).toEqual([0, 1, 2, 3])
    },
  )

  it.for(DNS_SERVERS)(
    '$tool: each flow is counted at one member, spread as a fair hash spreads them',
    async (server, { skip }) => {
      skip(!has(server.tool), `${server.tool} is not installed`)
      const port = await started(server, (at) => heldSockets('udp', at).length === 4)
      const observer = observe('udp', port)
      const asked: (() => void)[] = []
      let answered = 0
      for (let i = 0; i < FLOWS; i++) {
        const { answer, close } = await ask(port, QUESTION)
        if (answer !== undefined) answered++
        asked.push(close)
      }
      for (const close of asked) close()
      expect(answered).toBe(FLOWS)
      const { flows, sockets } = observer.counts()!
      expect(flows).toHaveLength(FLOWS)
      const counts = sockets.map(({ packets }) => packets)
      expect(chiSquareTail(chiSquareStatistic(counts), 3)).toBeGreaterThan(TINY_P)
      expect(observer.explained()!.every(({ group: of }) => of?.size === 4 && of.program === undefined)).toBe(
        true,
      )
    },
  )
})
