import { RpbenchError, usageError } from '../errors.js'
import { familyOf, isLoopback, LOOPBACK } from '../units/addresses.js'
import { MOST_SOCKETS } from './computed-flows.js'
import {
  needsOwnNetwork,
  sharesSockets,
  usesDevice,
  usesRing,
  withoutRing,
  type EngineKind,
  type RingEngine,
} from './engine.js'
import { OwnNetworkError } from './own-network.js'
import { flagOf } from './parameters/table.js'
import { PROTOCOL, type Protocol } from './protocol.js'
import type { RunPlan, RunRequest } from './run-plan.js'

/** What an engine depends on. */
export interface EngineInput {
  request: Pick<RunRequest, 'engine' | 'sourceAddresses' | 'sourcePorts' | 'target' | 'waveSize'>
  flows: number
  /** how many sockets may be open at a time */
  room: number
  /** address that is asked */
  host: string
  protocol: Protocol
  /** why a client cannot use io_uring; absent where it can */
  ioUringRefusal?: string | undefined
  /** whether this is a network namespace of our own, which has what the engine takes */
  inOwnNetwork?: boolean | undefined
}

type Chosen = Pick<RunPlan, 'engine' | 'engineFallback'>

/** What keeps flows from sharing sockets, as a sentence to end with; undefined where nothing does. */
function whyNotShared({ request, host, protocol, room }: EngineInput): string | undefined {
  if (protocol !== 'udp')
    return `they send our datagrams to a group of ours, and ${flagOf('protocol')} is ${protocol}`
  if (familyOf(host) === 'ipv6' && host !== LOOPBACK.ipv6)
    return `over IPv6 they are in a network namespace made for the run, where the group is at ${LOOPBACK.ipv6}, and ${flagOf('host')} is ${host}`
  if (!isLoopback(host))
    return `they send from addresses of 127.0.0.0/8, and ${flagOf('host')} ${host} is none`
  if (request.sourceAddresses !== undefined)
    return `their source addresses are computed: leave ${flagOf('sourceAddresses')} out`
  if (request.waveSize !== undefined) return `all of them are open at once: leave ${flagOf('waveSize')} out`
  if (room < MOST_SOCKETS)
    return `they share up to ${MOST_SOCKETS} of them, and the open-file limit leaves ${room}: raise it with ulimit -n`
  return undefined
}

/** What keeps flows from sharing a device, likewise. */
function whyNoDevice({ request, host }: EngineInput): string | undefined {
  if (request.target !== undefined)
    return `it is for a group of ours, in a network namespace made for both: leave ${flagOf('target')} out`
  if (!host.startsWith('127.0.'))
    return `the addresses of 127.0.0.0/8 but those of 127.0.0.0/16 are its flows': leave ${flagOf('host')} out`
  if (request.sourceAddresses !== undefined)
    return `source addresses are computed: leave ${flagOf('sourceAddresses')} out`
  if (request.waveSize !== undefined) return `all of them are there at once: leave ${flagOf('waveSize')} out`
  return undefined
}

/** @throws OwnNetworkError where only the network namespace is missing */
function overDevice(input: EngineInput, asked: EngineKind): Chosen {
  const why = whyNoDevice(input)
  if (why !== undefined)
    throw usageError(`${flagOf('engine')} ${asked} has flows share a TUN device: ${why}.`)
  if (!input.inOwnNetwork)
    throw new OwnNetworkError(
      'tun',
      `${flagOf('engine')} ${asked}`,
      `${flagOf('engine')} pktinfo needs no such thing`,
    )
  return usesRing(asked) ? overRing(asked, input.ioUringRefusal) : { engine: asked }
}

/** An engine over io_uring, or the one that does without it. */
function overRing(engine: RingEngine, refusal: string | undefined): Chosen {
  return refusal === undefined ? { engine } : { engine: withoutRing(engine), engineFallback: refusal }
}

/**
 * The engine of a plan: a socket a flow, as real clients have it, as long as so many may be open. Where they may not, flows
 * share a few on the loopback addresses of IPv4, unless what was asked for excludes it: then they go in waves.
 * @throws RpbenchError (wrong usage) where the one that was asked for cannot be had
 * @throws OwnNetworkError where only a network namespace of our own is missing for it
 */
export function chooseEngine(input: EngineInput): Chosen {
  const { request, flows, room, host, protocol, ioUringRefusal: refusal } = input
  const asked: EngineKind | undefined = request.engine === 'auto' ? undefined : request.engine
  if (asked !== undefined && usesDevice(asked)) return overDevice(input, asked)
  if (asked !== undefined && sharesSockets(asked)) {
    const why = whyNotShared(input)
    if (why !== undefined)
      throw usageError(`${flagOf('engine')} ${asked} has flows without a socket each: ${why}.`)
    if (needsOwnNetwork(asked, host) && !input.inOwnNetwork)
      throw new OwnNetworkError(
        'ipv6',
        `${flagOf('engine')} ${asked} over IPv6`,
        `leave ${flagOf('engine')} out: those that cannot be open at a time go in waves`,
      )
    return usesRing(asked) ? overRing(asked, refusal) : { engine: asked }
  }
  if (PROTOCOL[protocol].transport === 'tcp') return { engine: 'epoll' }
  if (asked === 'epoll') return { engine: asked }
  if (asked === 'io_uring' && refusal !== undefined)
    throw new RpbenchError(
      'RPB_ENGINE',
      `${flagOf('engine')} ${asked} cannot be had: ${refusal}; leave ${flagOf('engine')} out for epoll.`,
    )
  const shared =
    asked === undefined &&
    flows > room &&
    request.sourcePorts === undefined &&
    !needsOwnNetwork('pktinfo', host) &&
    whyNotShared(input) === undefined
  return overRing(shared ? 'pktinfo' : 'io_uring', refusal)
}
