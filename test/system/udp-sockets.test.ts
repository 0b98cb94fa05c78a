import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { diagnosed } from '../../src/host/sock-diag.js'
import { openSocket } from '../../src/host/transport.js'
import { Closings, diagnosedSockets } from '../../src/host/udp-diag.js'
import { tabledSockets, type UdpSocket } from '../../src/host/udp-table.js'
import {
  addon,
  AF_INET,
  checked,
  SO_RCVBUF,
  SO_REUSEPORT,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../src/native.js'
import type { Family } from '../../src/units/addresses.js'
import { without } from '../refused-calls.js'
import { quietPort } from './experiment.js'
import { until } from './process-table.js'

const fds: number[] = []
afterEach(() => {
  for (const fd of fds.splice(0)) addon.close(fd)
})

function open(address: string, port: number): number {
  const fd = openSocket({ address })
  fds.push(fd)
  checked(addon.setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1), 'setsockopt')
  checked(addon.setOption(fd, SOL_SOCKET, SO_RCVBUF, 4096), 'setsockopt')
  checked(addon.bind(fd, address, port), 'bind')
  return fd
}

const byInode = (sockets: readonly UdpSocket[]): UdpSocket[] => sockets.toSorted((a, b) => a.inode - b.inode)

/** What /proc/net/udp says, read until it lists all: a single reading leaves some out where others come and go. */
const tabled = (port: number, family: Family, count: number): Promise<UdpSocket[]> =>
  until(`${count} are in the table`, () => {
    const sockets = tabledSockets(port, family)
    return sockets.length === count && byInode(sockets)
  })

const families: [Family, string[]][] = [
  ['ipv4', ['127.0.0.1', '127.0.0.1', '127.9.8.7', '0.0.0.0']],
  ...(existsSync('/proc/net/if_inet6') ? [['ipv6', ['::1', '::1', '::']] as [Family, string[]]] : []),
]

describe.each(families)('the sockets on a port by sock_diag, of %s', (family, addresses) => {
  it('are those of /proc/net/udp: address, owner, inode, queue and drops', async () => {
    const port = quietPort()
    for (const address of addresses) open(address, port)
    // Nobody reads: queues fill, and then drop.
    const sender = openSocket({ address: addresses[0]! })
    fds.push(sender)
    const datagrams = 64
    for (let i = 0; i < datagrams; i++)
      checked(addon.send(sender, new Uint8Array(100), addresses[0]!, port), 'send')
    const inTable = await tabled(port, family, addresses.length)
    const listed = byInode(diagnosedSockets(port, family)!)
    expect(listed.map(({ cookie: _cookie, device: _device, ...told }) => told)).toEqual(inTable)
    expect(new Set(listed.map(({ cookie }) => cookie)).size).toBe(addresses.length)
    expect(Math.max(...inTable.map(({ drops }) => drops))).toBeGreaterThan(0)
    expect(Math.max(...inTable.map(({ queuedBytes }) => queuedBytes))).toBeGreaterThan(0)
    expect(new Set(inTable.map(({ address }) => address))).toEqual(new Set(addresses))
  })

  it('are heard of when they close, with what they had not read; no client of the port, and none of another', async () => {
    const [port, other] = [quietPort(), quietPort()]
    const closings = Closings.listen(port)!
    const address = addresses[0]!
    const [first, second, elsewhere] = [open(address, port), open(address, port), open(address, other)]
    const client = openSocket({ address })
    fds.push(client)
    checked(addon.connect(client, address, port), 'connect')
    checked(addon.send(client, new Uint8Array(100), address, port), 'send')
    const queued = diagnosedSockets(port, family)!
    expect(closings.take()).toEqual([])
    for (const fd of [client, elsewhere, first, second]) {
      addon.close(fd)
      fds.splice(fds.indexOf(fd), 1)
    }
    const heard: ReturnType<Closings['take']> = []
    await until('both are heard of', () => heard.push(...closings.take()) >= 2)
    closings.close()
    expect(heard).toHaveLength(2)
    for (const { cookie, device, ...closed } of heard) {
      expect(device).toBe(family === 'ipv6' ? 1 : 0)
      const { queuedBytes } = queued.find((socket) => socket.cookie === cookie)!
      expect(closed).toEqual({ family, address, port, queuedBytes })
    }
    expect(Math.max(...heard.map(({ queuedBytes }) => queuedBytes))).toBeGreaterThan(0)
  })

  it('are none of another port, nor a client of it', () => {
    const [port, other] = [quietPort(), quietPort()]
    open(addresses[0]!, other)
    const client = openSocket({ address: addresses[0]! })
    fds.push(client)
    checked(addon.connect(client, addresses[0]!, port), 'connect')
    expect(diagnosedSockets(port, family)).toEqual([])
  })
})

it('lists more sockets than one message has room for, each once', () => {
  const port = quietPort()
  for (let i = 0; i < 700; i++) open('127.0.0.1', port)
  const found = diagnosedSockets(port, 'ipv4')!
  expect(found).toHaveLength(700)
  expect(new Set(found.map(({ inode }) => inode)).size).toBe(700)
})

/** What a process says of a socket of its own where netlink is refused. */
function readWithoutSockDiag(): unknown {
  const script = fileURLToPath(new URL('own-socket.mjs', import.meta.url))
  const [file, ...args] = [...without('netlink'), process.execPath, script]
  return JSON.parse(spawnSync(file, args, { encoding: 'utf8' }).stdout)
}

it('are read from /proc/net/udp where sock_diag is refused', async () => {
  // A single reading of the table may leave it out.
  await expect
    .poll(readWithoutSockDiag, { timeout: 60_000 })
    .toEqual({ diagnosed: null, addresses: ['127.0.0.1'] })
})

it('lists listeners of TCP with their accept queue and what it takes, and no connections', async () => {
  const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 7 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // The event loop accepts nothing before this is over.
  for (let i = 0; i < 3; i++) {
    const fd = checked(addon.socket(AF_INET, SOCK_STREAM), 'socket')
    fds.push(fd)
    checked(addon.connect(fd, '127.0.0.1', port), 'connect')
  }
  const [listener, ...others] = diagnosed('tcp', port, 'ipv4')!
  server.close()
  expect(others).toEqual([])
  expect(listener).toMatchObject({
    address: '127.0.0.1',
    queued: 3,
    queueLimit: 7,
    drops: 0,
    peerPort: 0,
    ipv6Only: false,
  })
})

it.runIf(existsSync('/proc/net/if_inet6'))('tells which sockets of IPv6 take no IPv4', () => {
  const [port, other] = [quietPort(), quietPort()]
  for (const [bound, on] of [
    [{ address: '::' }, port],
    [{ address: '::', ipv6Only: true }, other],
  ] as const) {
    const fd = openSocket(bound)
    fds.push(fd)
    checked(addon.bind(fd, bound.address, on), 'bind')
  }
  const ipv6Only = [port, other].map((on) => diagnosed('udp', on, 'ipv6')!.map((socket) => socket.ipv6Only))
  expect(ipv6Only).toEqual([[false], [true]])
})
