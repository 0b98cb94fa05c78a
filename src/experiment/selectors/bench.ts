import { randomBytes } from 'node:crypto'
import { TRANSPORTS } from '../../host/transport.js'
import { addon, checked, SOCK_DGRAM, SOL_SOCKET, SO_REUSEPORT, SystemError } from '../../native.js'
import { familyOf, LOOPBACK, WILDCARD, type Family } from '../../units/addresses.js'
import { Mismatch, NotPossible } from './outcomes.js'

export interface SocketOptions {
  /** the wildcard of the bench's family when absent */
  address?: string
  /** the bench's port when absent */
  port?: number
  /** SO_REUSEPORT when absent */
  alone?: boolean
  /** done before it is bound */
  prepare?: (fd: number) => void
}

/** How long a datagram may take over loopback: it is there when send() returns, unless the host is out of breath. */
const DELIVERY_MS = 2_000
const WORD_OFFSET = 0
const NATIVE_WORD_OFFSET = 4
const TAG_OFFSET = 8
const TAG_BYTES = 16
const pause = new Int32Array(new SharedArrayBuffer(4))

/** Sockets on one port of this host, and datagrams sent to them one at a time. */
export class Bench {
  protected readonly fds = new Set<number>()
  #port = 0
  /** where datagrams are sent to, and where sockets are bound to, where nothing else is said */
  readonly loopback: string
  readonly wildcard: string

  /** what its sockets are of */
  readonly protocol: 'udp' | 'tcp' = 'udp'

  constructor(family: Family) {
    this.loopback = LOOPBACK[family]
    this.wildcard = WILDCARD[family]
  }

  protected get socketType(): number {
    return SOCK_DGRAM
  }

  /** The port that all sockets share; that of the first one that was bound. */
  get port(): number {
    return this.#port
  }

  /** Opens a socket without binding it. */
  unbound({ address = this.wildcard, alone = false, prepare }: SocketOptions = {}): number {
    const family = familyOf(address)
    const fd = addon.socket(TRANSPORTS[family].domain, this.socketType)
    if (fd < 0 && family === 'ipv6') throw new NotPossible('this host has no IPv6')
    this.fds.add(checked(fd, 'socket'))
    if (!alone) checked(addon.setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1), 'setsockopt SO_REUSEPORT')
    prepare?.(fd)
    return fd
  }

  /** Binds a socket to the port, the first one to a free port. @returns 0, or −errno */
  tryBind(fd: number, { address = this.wildcard, port = this.#port }: SocketOptions = {}): number {
    const status = addon.bind(fd, address, port)
    if (status === 0 && this.#port === 0) this.#port = addon.localPort(fd)
    return status
  }

  /** Opens and binds a socket. */
  open(options: SocketOptions = {}): number {
    const fd = this.unbound(options)
    const status = this.tryBind(fd, options)
    const { address = this.wildcard } = options
    if (status < 0 && familyOf(address) === 'ipv6')
      throw new NotPossible(`this host lacks ${address}: ${new SystemError(-status, 'bind').message}`)
    checked(status, 'bind')
    return fd
  }

  /** Opens a group of `n` sockets, in order. */
  openGroup(n: number, options: SocketOptions = {}): number[] {
    return Array.from({ length: n }, () => this.open(options))
  }

  /** Sockets to send from, each with a port of its own. */
  clients(n: number, address = this.loopback): number[] {
    return Array.from({ length: n }, () => this.open({ address, port: 0, alone: true }))
  }

  /**
   * Sends a datagram to the port and looks where it went. Programs find `word` at the beginning of the payload, in
   * network order, and behind it once more in the order of this machine.
   * @returns its place in `receivers`
   * @throws Mismatch if none of them got it
   */
  deliver(client: number, receivers: readonly number[], word = 0, to = this.loopback): number {
    const datagram = this.send(client, word, to)
    return this.untilFound('a datagram', () => receivers.findIndex((fd) => this.hasReceived(fd, datagram)))
  }

  /** Waits until a place is found. @throws Mismatch where that takes too long */
  protected untilFound(what: string, find: () => number): number {
    const end = performance.now() + DELIVERY_MS
    while (performance.now() < end) {
      const place = find()
      if (place >= 0) return place
      Atomics.wait(pause, 0, 0, 1)
    }
    throw new Mismatch(`nobody got ${what}`)
  }

  /** Sends a datagram to the port, with `word` as in `deliver`. @returns it */
  send(client: number, word = 0, to = this.loopback): Uint8Array {
    const datagram = new DataView(new ArrayBuffer(TAG_OFFSET + TAG_BYTES))
    const bytes = new Uint8Array(datagram.buffer)
    datagram.setUint32(WORD_OFFSET, word)
    datagram.setUint32(NATIVE_WORD_OFFSET, word, true)
    bytes.set(randomBytes(TAG_BYTES), TAG_OFFSET)
    checked(addon.send(client, bytes, to, this.#port), 'sendto')
    return bytes
  }

  /** Whether the next datagram in the queue of a socket, which is taken, is this one. */
  hasReceived(fd: number, datagram: Uint8Array): boolean {
    const received = new Uint8Array(datagram.length + 1)
    const length = addon.receive(fd, received)
    return length > 0 && Buffer.compare(received.subarray(0, length), datagram) === 0
  }

  /** Where one datagram of each client goes. */
  placements(clients: readonly number[], receivers: readonly number[], word = 0, to?: string): number[] {
    return clients.map((client) => this.deliver(client, receivers, word, to))
  }

  closeSocket(fd: number): void {
    if (this.fds.delete(fd)) addon.close(fd)
  }

  close(): void {
    for (const fd of this.fds) addon.close(fd)
    this.fds.clear()
  }
}
