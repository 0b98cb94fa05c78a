import { readFileSync } from 'node:fs'
import { constants, cpus } from 'node:os'
import { kernelAtLeast } from '../../host/kernel.js'
import { addon, checked, SOL_SOCKET, SO_BINDTOIFINDEX, SO_INCOMING_CPU, SystemError } from '../../native.js'
import * as classic from '../../steering/cbpf.js'
import type { Bench } from './bench.js'
import { familyOf } from '../../units/addresses.js'
import { expectSame, overBothFamilies, overBothProtocols, type SelectorCase } from './case.js'
import { Mismatch, NotPossible } from './outcomes.js'
import { classicWord } from './programs.js'

const { EADDRINUSE } = constants.errno

/** So many flows that chance puts none of these results there. */
const FLOWS = 64
/** The user that "nobody" is on nearly every system; any but ours would do. */
const OTHER_USERS = [65_534, 65_533] as const

/** Every flow must arrive at this place of `sockets`. */
function expectAll(
  bench: Bench,
  sockets: readonly number[],
  place: number,
  what: string,
  to = bench.loopback,
): void {
  const clients = bench.clients(FLOWS, to)
  expectSame(
    what,
    bench.placements(clients, sockets, 0, to),
    clients.map(() => place),
  )
}

/** tools/testing/selftests/net/reuseport_addr_any.c: wildcards come before and after the specific address. */
const specificCases: SelectorCase[] = [
  { name: 'ipv4', specific: '127.0.0.1', to: '127.0.0.1' },
  { name: 'ipv6', specific: '::1', to: '::1' },
  { name: 'mapped', specific: '::ffff:127.0.0.1', to: '127.0.0.1' },
].map(({ name, specific, to }) => ({
  id: `specific-beats-wildcard-${name}`,
  claim: 'a socket bound to the address itself beats all that are bound to the wildcard',
  test(bench) {
    const wildcards = (): number[] => ['0.0.0.0', '::'].flatMap((address) => bench.openGroup(2, { address }))
    const before = wildcards()
    const sockets = [...before, bench.open({ address: specific }), ...wildcards()]
    expectAll(bench, sockets, before.length, `flows to ${specific}`, to)
  },
}))

const dualStackCases: SelectorCase[] = [
  {
    // tools/testing/selftests/net/reuseport_dualstack.c
    id: 'v4-before-v6',
    claim: 'an IPv4 datagram goes to IPv4 sockets before dual-stack IPv6 ones, whichever were bound first',
    test(bench) {
      const families = ['0.0.0.0', '::']
      for (const n of [5, 16])
        for (const order of [families, families.toReversed()]) {
          const sockets = order.flatMap((address) => bench.openGroup(n, { address }))
          const firstV4 = order.indexOf('0.0.0.0') * n
          const places = bench.placements(bench.clients(FLOWS), sockets)
          if (!places.every((place) => place >= firstV4 && place < firstV4 + n))
            throw new Mismatch('a dual-stack IPv6 socket got an IPv4 datagram')
          sockets.forEach((fd) => bench.closeSocket(fd))
        }
    },
  },
]

/**
 * The lookup takes the first group that it meets, and a socket that is bound to the device need not win where it is met
 * later. IPv4 meets the newest socket first, IPv6 the oldest, since its reuseport sockets are put at the end of their
 * chain (udp_lib_get_port and udp4_lib_lookup2, net/ipv4/udp.c; so measured on Linux 6.18).
 */
const deviceCases: SelectorCase[] = [
  { id: 'device', family: 'ipv4' as const, when: 'last' },
  { id: 'device-ipv6', family: 'ipv6' as const, when: 'first' },
].map(({ id, family, when }) => ({
  id,
  family,
  claim: `a socket bound to the device is in no group with those that are not, and bound ${when} gets all flows`,
  test(bench) {
    const address = bench.loopback
    const open = (): number => bench.open({ address, prepare: bindToLoopback })
    const first = when === 'first' ? open() : undefined
    const group = bench.openGroup(2, { address })
    const bound = first ?? open()
    expectAll(bench, [...group, bound], 2, 'flows over the device')
    bench.closeSocket(bound)
    const places = bench.placements(bench.clients(FLOWS), group)
    if (new Set(places).size < 2) throw new Mismatch('the sockets that are left do not share flows')
  },
}))

const familyCases: SelectorCase[] = [
  {
    id: 'other-user',
    claim: 'another user cannot join a group (EADDRINUSE)',
    test(bench) {
      bench.open()
      const theirs = openAsOtherUser(bench)
      const status = bench.tryBind(theirs)
      if (status !== -EADDRINUSE)
        throw new Mismatch(status < 0 ? new SystemError(-status, 'bind').message : 'bind succeeded')
    },
  },
  {
    // tools/testing/selftests/net/so_incoming_cpu.c
    id: 'incoming-cpu',
    claim: 'SO_INCOMING_CPU sends a datagram to the member that names its CPU, never to one that names none',
    test: testIncomingCpu,
  },
  {
    id: 'array-order',
    claim: 'when a member goes, the last of the array takes its place, and a newcomer is appended',
    test: testArrayOrder,
  },
]

/** Over TCP a socket that is connected is none that listens. */
const connectedCases: SelectorCase[] = [
  {
    id: 'connected-member',
    claim: 'a member that is connected gets only what its peer sends',
    test: testConnectedMember,
  },
  {
    id: 'connected-leaves',
    claim: 'a member that connects leaves the array as one that goes does, and keeps what it has queued',
    test: testConnectedLeaves,
  },
]

export const lookupCases: SelectorCase[] = [
  ...[...specificCases, ...dualStackCases, ...deviceCases].flatMap(overBothProtocols),
  ...familyCases.flatMap(overBothFamilies).flatMap(overBothProtocols),
  ...connectedCases.flatMap(overBothFamilies),
]

/** Opens a socket that belongs to another user: the kernel remembers who created it, not who binds it. */
function openAsOtherUser(bench: Bench): number {
  const ourselves = process.geteuid?.() ?? 0
  try {
    process.seteuid?.(OTHER_USERS.find((user) => user !== ourselves) ?? ourselves)
  } catch {
    throw new NotPossible('this user cannot act as another: run as root')
  }
  try {
    return bench.unbound()
  } finally {
    process.seteuid?.(ourselves)
  }
}

function bindToLoopback(fd: number): void {
  const index = Number(readFileSync('/sys/class/net/lo/ifindex', 'latin1'))
  const status = addon.setOption(fd, SOL_SOCKET, SO_BINDTOIFINDEX, index)
  if (status < 0)
    throw new NotPossible(
      `this user or kernel cannot bind to a device: ${new SystemError(-status, 'setsockopt').message}`,
    )
}

/** The CPU that this thread last ran on: field 39 of /proc/thread-self/stat (proc_pid_stat(5)). */
function currentCpu(): number {
  const stat = readFileSync('/proc/thread-self/stat', 'latin1')
  // Fields are counted from behind the command, which may hold blanks.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[39 - 3])
}

function testIncomingCpu(bench: Bench): void {
  if (!kernelAtLeast(6, 2)) throw new NotPossible('it has a say in a group since Linux 6.2')
  const n = cpus().length
  const naming = Array.from({ length: n }, (_, cpu) =>
    bench.open({
      prepare: (fd) => checked(addon.setOption(fd, SOL_SOCKET, SO_INCOMING_CPU, cpu), 'setsockopt'),
    }),
  )
  // As many that name none: the hash would give them half of the flows.
  const sockets = [...naming, ...bench.openGroup(n)]
  for (const client of bench.clients(FLOWS)) {
    const before = currentCpu()
    const place = bench.deliver(client, sockets)
    if (place >= n) throw new Mismatch('a member that names no CPU got a datagram')
    // If this thread was moved in between, nobody knows where it sent.
    if (currentCpu() === before && place !== before)
      throw new Mismatch(`CPU ${before}'s datagram went to the member of CPU ${place}`)
  }
}

/** With this program, the word is the index in the array. */
function attachIndexProgram(bench: Bench, fd: number): void {
  const carrier = { protocol: bench.protocol, family: familyOf(bench.loopback) }
  const program = classic.encodeClassic([...classicWord(carrier), classic.returnA()])
  checked(addon.attachClassic(fd, program), 'setsockopt SO_ATTACH_REUSEPORT_CBPF')
}

function testArrayOrder(bench: Bench): void {
  const sockets = bench.openGroup(5)
  attachIndexProgram(bench, sockets[0]!)
  const [client] = bench.clients(1)
  const order = (n: number): number[] =>
    Array.from({ length: n }, (_, word) => bench.deliver(client!, sockets, word))
  // Its number may be the next socket's, so it is not kept.
  const leave = (place: number): void => {
    bench.closeSocket(sockets[place]!)
    sockets[place] = -1
  }
  expectSame('as bound', order(5), [0, 1, 2, 3, 4])
  leave(1)
  expectSame('after index 1 went', order(4), [0, 4, 2, 3])
  sockets.push(bench.open())
  expectSame('after one joined', order(5), [0, 4, 2, 3, 5])
  leave(5)
  expectSame('after the last went', order(4), [0, 4, 2, 3])
}

function testConnectedMember(bench: Bench): void {
  if (!kernelAtLeast(5, 4)) throw new NotPossible('it is so since Linux 5.4')
  const sockets = bench.openGroup(3)
  const [peer, ...others] = bench.clients(1 + FLOWS)
  checked(addon.connect(sockets[1]!, bench.loopback, addon.localPort(peer!)), 'connect')
  expectSame('its peer', bench.placements([peer!], sockets), [1])
  const places = bench.placements(others, sockets)
  if (places.includes(1)) throw new Mismatch('it got the datagram of another flow')
  if (new Set(places).size < 2) throw new Mismatch('the other members do not share the other flows')
}

function testConnectedLeaves(bench: Bench): void {
  if (!kernelAtLeast(6, 13)) throw new NotPossible('it is so since Linux 6.13')
  const [first, second, ...others] = bench.openGroup(4)
  attachIndexProgram(bench, first!)
  const [client] = bench.clients(1)
  const queued = bench.send(client!, 1)
  checked(addon.connect(second!, bench.loopback, bench.port), 'connect')
  // The last is where the second was.
  const order = Array.from({ length: 3 }, (_, word) => bench.deliver(client!, [first!, ...others], word))
  expectSame('after the second connected', order, [0, 2, 1])
  if (!bench.hasReceived(second!, queued)) throw new Mismatch('it lost what it had queued')
}
