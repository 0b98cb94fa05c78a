import { usageError } from '../errors.js'
import type { Family } from '../units/addresses.js'
import { shuffled } from '../stats/shuffle.js'
import { computedCapacity, LOOPBACK_BLOCK, type AddressBlock, type ComputedSources } from './flow-sources.js'
import { flagOf } from './parameters/table.js'

/** Flows without a socket each, whose sources are computed. */
export interface ComputedFlows extends ComputedSources {
  flows: number
  /** how many of the ports are used, by a socket each or by the device; the others are spare */
  sockets: number
  /** of a device: replies that it has room for */
  queue?: number
}

/** Replies that the queue of a shared socket is to have room for: a quarter of what it has by default (212,992 bytes). */
const REPLIES_A_SOCKET = 64
/** More share the queues better, fewer let more go in one call. */
const FEWEST_SOCKETS = 16
export const MOST_SOCKETS = 64

export interface ComputedFlowsInput {
  flows: number
  /** first and last source port */
  ports: readonly [number, number]
  seed: number
  /** which of the draws of this seed, from 0 */
  draw?: number
  workers: number
  /** requests that may wait for their replies at a time; absent where nothing bounds them */
  inFlight?: number | undefined
  /** of their addresses; IPv4 when absent */
  family?: Family
  /** whether they share a device, one a worker; sockets when absent */
  device?: boolean
}

/** Replies that the queue of a device has room for at least: beyond that, as many as can be waited for. */
const LEAST_QUEUE = 2 ** 16

/**
 * The part of 127.0.0.0/8 that the device of a worker is for: of so many parts of one size that there is another for the group's
 * address, which is the first.
 */
function blockOf(worker: number, workers: number): AddressBlock {
  const bits = LOOPBACK_BLOCK.bits - Math.ceil(Math.log2(workers + 1))
  return { network: LOOPBACK_BLOCK.network + (worker + 1) * 2 ** bits, bits }
}

/** Sockets that each worker has, or ports of its device. */
function socketsOfEach(input: ComputedFlowsInput): number {
  const { ports, workers, inFlight = Infinity, flows, device } = input
  const wanted = Math.min(MOST_SOCKETS, Math.max(FEWEST_SOCKETS, inFlight / REPLIES_A_SOCKET))
  // The addresses of a device are a part of all: with many workers it takes more ports, which cost nothing.
  const least = device ? Math.ceil(flows / workers) / computedCapacity(1, blockOf(0, workers)) : 0
  return Math.min(
    Math.ceil(Math.max(wanted / workers, least)),
    Math.floor((ports[1] - ports[0] + 1) / workers),
  )
}

/** How many draws of computed flows there are that share no source. */
export function disjointComputedDraws(input: ComputedFlowsInput): number {
  const { flows, workers, device } = input
  const capacity = computedCapacity(socketsOfEach(input), device ? blockOf(0, workers) : LOOPBACK_BLOCK)
  return Math.floor(capacity / Math.ceil(flows / workers))
}

/**
 * Plans flows that share sockets: a seeded draw of as many ports as there are to be sockets. All draws of a seed have the same
 * ports, and other addresses.
 * @throws RpbenchError (wrong usage) where the range has no port for each worker
 */
export function planComputedFlows(input: ComputedFlowsInput): ComputedFlows {
  const { flows, ports, seed, draw = 0, workers, inFlight = 0, family, device = false } = input
  const [firstPort, lastPort] = ports
  const range = lastPort - firstPort + 1
  const each = socketsOfEach(input)
  if (each < 1)
    throw usageError(
      `${flagOf('workers')} ${workers} takes a source port each, and ${flagOf('sourcePorts')} ${firstPort}-${lastPort} has ${range}: widen it, or lower ${flagOf('workers')}.`,
    )
  const sockets = each * workers
  // All others of the range are spare: a socket has its port at every address, and another run may have nearly all of them at one.
  const order = shuffled(range, seed)
  const first = (draw % disjointComputedDraws(input)) * Math.ceil(flows / workers)
  const planned = {
    flows,
    seed,
    first,
    sockets,
    ports: Array.from(order, (n) => firstPort + n),
    ...(family && { family }),
  }
  return device ? { ...planned, device: LOOPBACK_BLOCK, queue: Math.max(LEAST_QUEUE, 2 * inFlight) } : planned
}

/** The parts of the workers, sizes differing by one at most. Each has sockets or a device of its own, so that replies come to whom they are for. */
export function shareComputedFlows(
  plan: ComputedFlows,
  workers: number,
): (ComputedFlows & { firstFlow: number })[] {
  const cut = (total: number, i: number): number => Math.floor((total * i) / workers)
  const spares = plan.ports.length - plan.sockets
  const own = (i: number): readonly number[] =>
    plan.ports.slice(cut(plan.sockets, i), cut(plan.sockets, i + 1))
  const spare = (i: number): readonly number[] =>
    plan.ports.slice(plan.sockets + cut(spares, i), plan.sockets + cut(spares, i + 1))
  return Array.from({ length: workers }, (_, i) => ({
    ...plan,
    flows: cut(plan.flows, i + 1) - cut(plan.flows, i),
    sockets: own(i).length,
    ports: [...own(i), ...spare(i)],
    firstFlow: cut(plan.flows, i),
    ...(plan.device && { device: blockOf(i, workers) }),
  }))
}
