import { RpbenchError } from '../errors.js'
import { addon, checked, openDeviceError, openFlowError, SystemError } from '../native.js'
import type { EngineKind } from '../plan/engine.js'
import { LOOPBACK_BLOCK, type ComputedSources } from '../plan/flow-sources.js'
import type { Questions } from '../plan/questions.js'
import { Exchange } from './exchange.js'
import { StreamExchange } from './stream-exchange.js'

interface Poller {
  /** its place among those of native/src/napi_engine.c */
  poller: number
  /** the system call that it waits in */
  waitCall: string
}

/** What waits for the sockets, by engine. */
const DATAGRAMS: Readonly<Record<EngineKind, Poller>> = {
  epoll: { poller: 0, waitCall: 'epoll_wait' },
  io_uring: { poller: 1, waitCall: 'io_uring_enter' },
  pktinfo: { poller: 3, waitCall: 'io_uring_enter' },
  'pktinfo-mmsg': { poller: 4, waitCall: 'epoll_wait' },
  tun: { poller: 5, waitCall: 'io_uring_enter' },
  'tun-rw': { poller: 6, waitCall: 'ppoll' },
}
const STREAMS: Poller = { poller: 2, waitCall: 'epoll_wait' }

/** What comes without EDNS is 512 bytes at most (RFC 1035, 4.2.1); what a server sends beyond is read as far as there is room. */
const DNS_REPLY_BYTES = 4096

/** What a server is asked that is not ours, and tells nothing of a request but what it was sent. */
export interface ForeignWire {
  /** requests that are remembered, to hold replies against them: a power of two from 2^16 */
  remembered: number
  /** of DNS; our datagrams when absent */
  questions?: Questions | undefined
  /** the question of the first request */
  first: number
}

export interface EngineOptions {
  engine: EngineKind
  /** what its flows are: sockets that send datagrams, or that connect */
  transport: 'udp' | 'tcp'
  /** over TCP: requests after which a flow leaves its connection, to open another for the next; none when absent */
  requestsPerConnection?: number | undefined
  /** how many sockets can be open at a time: flows, or what they share */
  lanes: number
  payloadBytes: number
  runId: bigint
  epochNs: bigint
  server: { address: string; port: number }
  /** whether what is sent may leave this host; not when absent */
  anywhere?: boolean | undefined
  /** where the server is not ours: what it is asked */
  foreign?: ForeignWire | undefined
}

/**
 * The batch engine: one connected UDP socket a flow, over epoll or io_uring, or one TCP socket a flow, which connects when it
 * is asked. It moves packets and reads the clock; what
 * to send when, and what a reply means, is the caller's. See Exchange for what goes in and out.
 */
export class Engine {
  /** over TCP, what there is beside requests and replies */
  readonly stream: StreamExchange | undefined
  readonly exchange: Exchange
  readonly #handle
  readonly #waitCall: string

  /** @throws RpbenchError RPB_FLOWS where the kernel has no room for so many */
  constructor(options: EngineOptions) {
    const { foreign } = options
    const streams = options.transport === 'tcp'
    this.stream = streams ? new StreamExchange() : undefined
    this.exchange = this.stream ?? new Exchange()
    const { poller, waitCall } = streams ? STREAMS : DATAGRAMS[options.engine]
    this.#waitCall = waitCall
    const opened = addon.engineOpen(
      poller,
      options.lanes,
      options.payloadBytes,
      options.runId,
      options.epochNs,
      options.server.address,
      options.server.port,
      this.exchange.buffer,
      options.requestsPerConnection ?? 0,
      foreign?.questions ? DNS_REPLY_BYTES : options.payloadBytes + 1,
      foreign?.remembered ?? 0,
      foreign?.questions?.messages ?? new Uint8Array(),
      foreign?.questions?.ends ?? new Uint32Array(),
      foreign?.first ?? 0,
      options.anywhere ?? false,
    )
    if (typeof opened === 'number') {
      const { message } = new SystemError(-opened, 'opening it')
      throw new RpbenchError(
        'RPB_FLOWS',
        `The client cannot have ${options.engine} for ${options.lanes} flows at a time (${message}): lower --wave-size, or try the other --engine.`,
      )
    }
    this.#handle = opened
  }

  /**
   * To be called before any is opened, of an engine whose flows have no socket each: lanes of what is sent and received are flows
   * then, those of `open` are sockets.
   */
  computeFlows(
    flows: number,
    { seed, first, ports, device: { network, bits } = LOOPBACK_BLOCK }: ComputedSources,
  ): void {
    checked(addon.engineComputeFlows(this.#handle, flows, seed, first, ports.length, network, bits), 'malloc')
  }

  /**
   * Makes the TUN device that the flows share.
   * @param queue replies that it has room for
   */
  openDevice(ports: readonly number[], queue: number): SystemError | undefined {
    const status = addon.engineOpenDevice(this.#handle, Uint16Array.from(ports), queue)
    return status < 0 ? openDeviceError(status) : undefined
  }

  /** Opens the socket of a flow; an error is returned, since a port in use is an ordinary thing here. */
  open(lane: number, address: string, port: number): SystemError | undefined {
    const status = addon.engineOpenFlow(this.#handle, lane, address, port)
    return status < 0 ? openFlowError(status) : undefined
  }

  /** Datagrams that the kernel dropped at the open flows since they were opened (SO_MEMINFO), or at their device. */
  drops(): number {
    return checked(addon.engineDrops(this.#handle), 'reading what was dropped')
  }

  /** Closes all flows; lane 0 is `firstFlow` from now on. */
  wave(firstFlow: number): void {
    addon.engineWave(this.#handle, firstFlow)
  }

  /** Over TCP: ends the connections of all flows, which connect again when they are asked. */
  disconnect(): void {
    addon.engineDisconnect(this.#handle)
  }

  /** Sends the first `count` entries of the exchange's send arrays. */
  send(count: number, phase: number): void {
    addon.engineSend(this.#handle, count, phase)
  }

  /** Waits up to `timeoutNs` for replies. @returns how many stand in the exchange's event arrays */
  receive(timeoutNs: number): number {
    return checked(addon.engineReceive(this.#handle, timeoutNs, -1, 0), this.#waitCall)
  }

  /**
   * Like `receive`, and asks the flow of each reply again as soon as the reply was taken, while the flow's socket is
   * in the cache. Event i of the exchange has caused request `sequence` + i, whose time stands in `sendNs[i]`.
   */
  receiveAndAskAgain(timeoutNs: number, sequence: number, phase: number): number {
    return checked(addon.engineReceive(this.#handle, timeoutNs, sequence, phase), this.#waitCall)
  }

  /** Like `receive`, without waiting, and looks at every socket: for the last look before they are closed. */
  sweep(): number {
    return checked(addon.engineSweep(this.#handle), 'recv')
  }
}
