import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fstatSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bench } from '../../src/experiment/selectors/bench.js'
import { hasCapability } from '../../src/host/capabilities.js'
import { addon, SOL_SOCKET } from '../../src/native.js'
import { attachFilter, filterOf } from '../../src/observer/filters.js'
import { FlowCounts } from '../../src/observer/flow-counts.js'
import { detachLeftBehind } from '../../src/observer/left-behind.js'
import type { Observer, ObserverRequest } from '../../src/observer/observer.js'
import { foundRecords } from '../../src/observer/record.js'
import { openObserver } from '../../src/observer/open.js'
import type { Counts, HeldSocket } from '../../src/recording/observation.js'
import { BpfScope, PROGRAM_SOCKET_FILTER } from '../../src/steering/bpf.js'
import { exit, moveConstant } from '../../src/steering/ebpf.js'
import { returnConstant } from '../../src/steering/cbpf.js'
import { ClassicSteering } from '../../src/steering/classic.js'
import { openSteering } from '../../src/steering/open.js'
import { mayExplain } from './foreign-group.js'
import type { Steering } from '../../src/steering/steering.js'

const needsEbpf = { skip: !mayExplain }

const FLOWS = 400
const SO_LOCK_FILTER = 44
const HOLDER = fileURLToPath(new URL('hold-observer.mjs', import.meta.url))

let bench: Bench
let closers: (() => void)[]
beforeEach(() => {
  bench = new Bench('ipv4')
  closers = [() => bench.close()]
})
afterEach(() => closers.toReversed().forEach((close) => close()))

/** Sockets of this process, as whoever looks at it finds them. */
const held = (fds: readonly number[]): HeldSocket[] =>
  fds.map((fd) => ({
    cookie: addon.socketCookie(fd),
    inode: fstatSync(fd).ino,
    holders: [{ pid: process.pid, fd }],
  }))

const request = (fds: readonly number[], upTo: ObserverRequest['upTo'] = 'explain'): ObserverRequest => ({
  protocol: 'udp',
  port: bench.port,
  upTo,
  sockets: held(fds),
})

function observe(fds: readonly number[]): Observer {
  const observer = openObserver(request(fds))
  closers.push(() => observer.close())
  expect(observer).toMatchObject({ level: 'explain', refusals: [], notes: [] })
  return observer
}

/** Which of the sockets counts say that each client's flow came to, in place of the clients. */
function placesBy({ flows }: Counts, fds: readonly number[], clients: readonly number[]): number[] {
  const places = new Map(fds.map((fd, place) => [addon.socketCookie(fd), place]))
  const byPort = new Map(flows.map(({ cookie, sourcePort }) => [sourcePort, places.get(cookie) ?? -1]))
  return clients.map((client) => byPort.get(addon.localPort(client)) ?? -1)
}

function attached(steering: Steering, fds: readonly number[]): Steering {
  steering.attach(fds)
  return steering
}

/** Gives a socket a filter as a server might. */
function withFilter(fd: number): void {
  const scope = new BpfScope('a test')
  attachFilter(fd, scope.load(PROGRAM_SOCKET_FILTER, [moveConstant(0, -1), exit()]))
  scope.close()
}

/** Another rpbench that observes these sockets. */
async function otherObserver(of: ObserverRequest, ...args: string[]) {
  const child = spawn(process.execPath, [HOLDER, JSON.stringify(of), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return {
    said: JSON.parse(line) as Pick<Observer, 'level' | 'refusals'>,
    pid: child.pid!,
    end: async (signal: NodeJS.Signals) => {
      const ended = once(child, 'exit')
      child.kill(signal)
      return (await ended) as [number | null, NodeJS.Signals | null]
    },
  }
}

describe('counting (needs eBPF)', needsEbpf, () => {
  it('says of each of 400 flows at which member it is, and how many packets each got', () => {
    const fds = bench.openGroup(4)
    const observer = observe(fds)
    const clients = bench.clients(FLOWS)
    const truth = bench.placements(clients, fds)
    bench.placements(clients.slice(0, 100), fds)
    const counts = observer.counts()!
    expect(placesBy(counts, fds, clients)).toEqual(truth)
    expect(counts.flows).toHaveLength(FLOWS)
    expect(counts.flows.every(({ sourceAddress }) => sourceAddress === '127.0.0.1')).toBe(true)
    const packets = fds.map(
      (_, place) =>
        truth.filter((at) => at === place).length + truth.slice(0, 100).filter((at) => at === place).length,
    )
    expect(counts.sockets.map((one) => one.packets)).toEqual(packets)
    expect(counts.unlisted).toBe(0)
    expect(fds.map(filterOf), 'in force').toEqual(fds.map(() => 'extended'))
    const { measured, ownNs } = observer.close()
    expect(fds.map(filterOf), 'and off').toEqual(fds.map(() => undefined))
    expect(ownNs).toBeGreaterThan(0)
    // With it the kernel takes the time.
    expect(measured?.runs).toBe(hasCapability('CAP_SYS_ADMIN') ? FLOWS + 100 : undefined)
  })

  it('tells IPv4 and IPv6 apart on one socket', () => {
    const both = new Bench('ipv6')
    closers.push(() => both.close())
    const fds = [both.open(), both.open()]
    const observer = openObserver({ protocol: 'udp', port: both.port, upTo: 'count', sockets: held(fds) })
    closers.push(() => observer.close())
    for (const address of ['127.0.0.1', '::1']) {
      const [client] = both.clients(1, address) as [number]
      both.deliver(client, fds, 0, address)
      expect(observer.counts()!.flows).toContainEqual({
        cookie: expect.any(Number) as number,
        sourceAddress: address,
        sourcePort: addon.localPort(client),
        packets: 1,
      })
    }
    expect(observer.counts()!.flows).toHaveLength(2)
  })

  it.each<[kind: 'classic' | 'extended', steer: (fds: readonly number[]) => Steering]>([
    ['classic', (fds) => attached(new ClassicSteering([returnConstant(2)]), fds)],
    [
      'extended',
      (fds) => attached(openSteering({ kind: 'consistent', mostMembers: 4, lives: 16, flows: FLOWS })!, fds),
    ],
  ])('leaves a group its %s program, and says where that puts flows', (kind, steer) => {
    const fds = bench.openGroup(4)
    const steering = steer(fds)
    closers.push(() => steering.close())
    const clients = bench.clients(100)
    const truth = bench.placements(clients, fds)
    const observer = observe(fds)
    const programs = observer.explained()!.map(({ group }) => group?.program)
    expect(programs.map((program) => program?.kind)).toEqual(fds.map(() => kind))
    expect(bench.placements(clients, fds), 'while it counts').toEqual(truth)
    expect(placesBy(observer.counts()!, fds, clients)).toEqual(truth)
    observer.close()
    expect(bench.placements(clients, fds), 'afterwards').toEqual(truth)
    const after = observe(fds).explained()!
    expect(after.map(({ group }) => group?.program)).toEqual(programs)
  })

  it('counts what found no room for its flow, and says so', () => {
    const fds = bench.openGroup(2)
    const counts = new FlowCounts('udp', 'rpbench_test', 8)
    closers.push(() => counts.close())
    for (const fd of fds) {
      counts.expect(addon.socketCookie(fd), fstatSync(fd).ino)
      attachFilter(fd, counts.programFd)
    }
    const clients = bench.clients(50)
    const truth = bench.placements(clients, fds)
    const { flows, sockets, unlisted } = counts.read()
    expect(flows).toHaveLength(8)
    expect(unlisted).toBe(42)
    expect(sockets.map(({ packets }) => packets)).toEqual(
      [0, 1].map((place) => truth.filter((at) => at === place).length),
    )
  })

  it('counts who joins from then on, and keeps the counts of who leaves', () => {
    const fds = bench.openGroup(2)
    const observer = observe(fds)
    const clients = bench.clients(100)
    const before = bench.placements(clients, fds)
    const newcomer = bench.open()
    const gone = fds[0]!
    const goneCookie = addon.socketCookie(gone)
    bench.closeSocket(gone)
    const now = [fds[1]!, newcomer]
    observer.follow(held(now))
    expect(filterOf(newcomer)).toBe('extended')
    const later = bench.clients(100)
    const after = bench.placements(later, now)
    const counts = observer.counts()!
    expect(placesBy(counts, now, later)).toEqual(after)
    expect(counts.sockets.find(({ cookie }) => cookie === goneCookie)?.packets).toBe(
      before.filter((place) => place === 0).length,
    )
    observer.close()
    expect(now.map(filterOf)).toEqual([undefined, undefined])
  })

  it('never holds a descriptor of a member: its socket goes when the member closes it', () => {
    const fds = bench.openGroup(3)
    const observer = observe(fds)
    bench.closeSocket(fds[0]!)
    expect(observer.explained()!.map(({ group }) => group?.size)).toEqual([2, 2])
  })
})

describe('a filter that is there already (needs eBPF)', needsEbpf, () => {
  it('is not replaced: nothing is counted, its member is named, the others are left alone', () => {
    const fds = bench.openGroup(3)
    withFilter(fds[1]!)
    const observer = openObserver(request(fds))
    closers.push(() => observer.close())
    expect(observer.level).toBe('look')
    expect(observer.refusals[0]).toMatchObject({ level: 'count' })
    expect(observer.refusals[0]!.why).toMatch(
      new RegExp(`^the socket of process ${process.pid} \\(.*\\) has a filter of its own`),
    )
    expect(observer.counts()).toBeUndefined()
    expect(observer.explained(), 'how the kernel has them is told all the same').toHaveLength(3)
    expect(fds.map(filterOf)).toEqual([undefined, 'extended', undefined])
    observer.close()
    expect(fds.map(filterOf)).toEqual([undefined, 'extended', undefined])
  })

  it('is not replaced where it is locked, also where there is none', () => {
    const fds = bench.openGroup(2)
    addon.setOption(fds[0]!, SOL_SOCKET, SO_LOCK_FILTER, 1)
    const observer = openObserver(request(fds, 'count'))
    closers.push(() => observer.close())
    expect(observer.level).toBe('look')
    expect(observer.refusals[0]!.why).toContain('is locked')
    expect(filterOf(fds[1]!)).toBeUndefined()
  })

  it('of a newcomer is kept too, and it is said that it is not counted', () => {
    const fds = bench.openGroup(1)
    const observer = observe(fds)
    const newcomer = bench.open()
    withFilter(newcomer)
    observer.follow(held([...fds, newcomer]))
    observer.follow(held([...fds, newcomer]))
    expect(observer.notes).toHaveLength(1)
    expect(observer.notes[0]).toMatch(
      /^A socket that joined is not counted: the socket of .* filter of its own/,
    )
  })
})

describe('what an end leaves (needs eBPF)', needsEbpf, () => {
  it.each<[NodeJS.Signals, string[]]>([
    ['SIGINT', []],
    ['SIGTERM', []],
    ['SIGHUP', []],
    ['SIGINT', ['handled']],
  ])('is nothing after %s %s', async (signal, args) => {
    const fds = bench.openGroup(3)
    const other = await otherObserver(request(fds, 'count'), ...args)
    expect(other.said.level).toBe('count')
    expect(fds.map(filterOf)).toEqual(fds.map(() => 'extended'))
    expect(await other.end(signal)).toEqual(args.length > 0 ? [130, null] : [null, signal])
    expect(fds.map(filterOf)).toEqual(fds.map(() => undefined))
  })

  it('is named after a SIGKILL, and taken off on demand', async () => {
    const fds = bench.openGroup(3)
    const own = bench.open()
    const other = await otherObserver(request(fds, 'count'))
    const meanwhile = openObserver(request(fds, 'count'))
    expect(meanwhile.refusals[0]!.why).toMatch(
      new RegExp(`^rpbench, process ${other.pid}, counts there already$`),
    )
    meanwhile.close()
    expect(detachLeftBehind(request(fds)).detached, 'not while it counts').toEqual([])
    await other.end('SIGKILL')
    const later = openObserver(request(fds, 'count'))
    expect(later.level).toBe('look')
    expect(later.refusals[0]!.why).toMatch(
      new RegExp(`^rpbench, process ${other.pid}, was killed and left its filter on the socket of process`),
    )
    expect(later.refusals[0]!.command).toBe(`rpbench attach --port ${bench.port} --udp --detach`)
    later.close()
    const looking = openObserver(request(fds, 'look'))
    expect(looking.notes).toEqual([
      `rpbench, process ${other.pid}, was killed and left its filter on 3 sockets: rpbench attach --port ${bench.port} --udp --detach takes it off.`,
    ])
    looking.close()
    expect(fds.map(filterOf)).toEqual(fds.map(() => 'extended'))
    withFilter(own)
    const { detached, notes } = detachLeftBehind(request([...fds, own]))
    expect(detached).toHaveLength(3)
    expect(notes).toEqual([])
    expect(fds.map(filterOf)).toEqual(fds.map(() => undefined))
    expect(filterOf(own), 'that of somebody else stays').toBe('extended')
    expect(observe(fds).level, 'and it counts again').toBe('explain')
  })

  it('is forgotten once its sockets are closed', async () => {
    const fds = bench.openGroup(1)
    const other = await otherObserver(request(fds, 'count'))
    await other.end('SIGKILL')
    const records = (): boolean => foundRecords().some(({ pid }) => pid === other.pid)
    openObserver(request(fds, 'look')).close()
    expect(records()).toBe(true)
    bench.closeSocket(fds[0]!)
    openObserver(request([bench.open()], 'look')).close()
    expect(records()).toBe(false)
  })
})

describe('the kernel’s table (needs eBPF)', needsEbpf, () => {
  it('has sockets in bind order, and puts the last where one was that leaves', () => {
    const fds = bench.openGroup(4)
    const observer = observe(fds)
    const order = (): (number | undefined)[] =>
      fds.map((fd) => {
        const explained = observer.explained()!.find(({ cookie }) => cookie === addon.socketCookie(fd))
        return explained?.group?.order
      })
    expect(order()).toEqual([0, 1, 2, 3])
    bench.closeSocket(fds[1]!)
    expect([0, 2, 3].map((i) => order()[i])).toEqual([0, 2, 1])
  })

  it('tells a socket without the flag', () => {
    const alone = bench.open({ alone: true })
    expect(observe([alone]).explained()).toEqual([{ cookie: addon.socketCookie(alone), reuseport: false }])
  })

  it('has a group of more sockets than are told of at once', () => {
    const fds = bench.openGroup(100)
    const explained = observe(fds).explained()!
    const orders = explained.map(({ group }) => group?.order)
    expect(orders.toSorted((a, b) => a! - b!)).toEqual(fds.map((_, i) => i))
    expect(new Set(explained.map(({ group }) => group?.id)).size).toBe(1)
  })
})
