import { constants } from 'node:os'
import {
  addon,
  checked,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_UNICAST_HOPS,
  IP_TTL,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  SO_ERROR,
  SO_REUSEADDR,
} from '../../native.js'
import { familyOf } from '../../units/addresses.js'
import { Bench, type SocketOptions } from './bench.js'
import { Mismatch } from './outcomes.js'

const { EINPROGRESS, ECONNRESET } = constants.errno
const BACKLOG = 128

const reuseAddress = (fd: number): void =>
  void checked(addon.setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1), 'setsockopt SO_REUSEADDR')

/**
 * Listeners on one port of this host, and connections to them, one at a time. A SYN has no payload in which programs could find a word:
 * it is the hop limit of the packet, less 1.
 */
export class StreamBench extends Bench {
  override readonly protocol = 'tcp'
  readonly #addresses = new Map<number, string>()

  protected override get socketType(): number {
    return SOCK_STREAM | SOCK_NONBLOCK
  }

  /** Opens a listener. */
  override open(options: SocketOptions = {}): number {
    const fd = super.open(options)
    this.listen(fd)
    return fd
  }

  listen(fd: number): void {
    checked(addon.listen(fd, BACKLOG), 'listen')
  }

  /** Sockets that keep a source port each; connections are made by others with the same. */
  override clients(n: number, address = this.loopback): number[] {
    return Array.from({ length: n }, () => {
      const fd = super.open({ address, port: 0, alone: true, prepare: reuseAddress })
      this.#addresses.set(fd, address)
      return fd
    })
  }

  /** Connects to the port from a client's source port, and looks who is to accept that. @returns its place in `receivers` */
  override deliver(client: number, receivers: readonly number[], word = 0, to = this.loopback): number {
    const connecting = this.connect(client, word, to)
    try {
      return this.untilFound('a connection', () => receivers.findIndex((fd) => this.accepts(fd)))
    } finally {
      this.reset(connecting)
    }
  }

  /** Begins to connect from a client's source port. @returns the descriptor */
  connect(client: number, word = 0, to = this.loopback): number {
    const ipv4 = familyOf(to) === 'ipv4'
    const fd = this.unbound({ address: to, alone: true, prepare: reuseAddress })
    checked(
      addon.setOption(fd, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_TTL : IPV6_UNICAST_HOPS, word + 1),
      'setsockopt of the hop limit',
    )
    checked(addon.bind(fd, this.#addresses.get(client)!, addon.localPort(client)), 'bind')
    const status = addon.connect(fd, to, this.port)
    if (status !== -EINPROGRESS) checked(status, 'connect')
    return fd
  }

  /** Takes a connection off a listener's queue, and closes it. @returns whether there was one */
  accepts(listener: number): boolean {
    const accepted = addon.accept(listener)
    if (accepted >= 0) addon.reset(accepted)
    return accepted >= 0
  }

  /** Whether the other side has broken a connection off. */
  wasReset(fd: number): boolean {
    const error = addon.getOption(fd, SOL_SOCKET, SO_ERROR)
    if (error !== 0 && error !== ECONNRESET) throw new Mismatch(`a connection ended with errno ${error}`)
    return error === ECONNRESET
  }

  /** Breaks a connection off: its source port is free at once. */
  reset(fd: number): void {
    if (this.fds.delete(fd)) addon.reset(fd)
  }
}
