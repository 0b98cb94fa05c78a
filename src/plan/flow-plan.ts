import { usageError } from '../errors.js'
import { shuffled } from '../stats/shuffle.js'
import { addressesFrom, isBroadcast, isLoopback } from '../units/addresses.js'
import { shareComputedFlows, type ComputedFlows } from './computed-flows.js'
import type { ListedSources } from './flow-sources.js'
import { flagOf } from './parameters/table.js'
import type { ShardPlace } from './shard.js'

/** Which share of a port range is planned on by default: the rest replaces ports that are in use. */
const PLANNED_SHARE = 0.8
/**
 * Spare candidates at most. All ports of three addresses: another run with the same seed may hold tens of thousands
 * of ports, the very ones that come first here.
 */
const MOST_SPARE = 200_000
/** As many as `addressIndex` can tell apart. */
const MOST_ADDRESSES = 65_536

/**
 * Source address and port of every flow, in the order of flow ids, and behind them candidates that may replace a
 * port in use. Pure: the same flows, addresses, ports and seed give the same plan.
 */
export interface ListedFlows extends ListedSources {
  /** how many of the candidates are flows; the others are spare */
  flows: number
}

/** Which part of a plan's flows is meant, counted from 1; all of them when absent. */
interface Part {
  part?: Pick<ShardPlace, 'index' | 'count'>
}

export type FlowPlan = (ListedFlows | ComputedFlows) & Part

export interface FlowPlanInput {
  flows: number
  /** first and last source port */
  ports: readonly [number, number]
  seed: number
  /** which of the draws of this seed, from 0; they share no source as long as there are enough (see `disjointDraws`) */
  draw?: number
  /** source addresses as the user gave them; without, `firstAddress` and those that follow it */
  addresses?: readonly string[]
  firstAddress: string
}

/** Those that a socket may have without asking anybody; a broadcast address is none that one can send from. */
const mayBeSource = (address: string): boolean => isLoopback(address) && !isBroadcast(address)

function sourceAddresses(input: FlowPlanInput, range: number): string[] {
  if (input.addresses) return [...input.addresses]
  const perAddress = Math.max(1, Math.floor(range * PLANNED_SHARE))
  const most = Math.min(MOST_ADDRESSES, Math.ceil(input.flows / perAddress))
  const consecutive = addressesFrom(input.firstAddress, most, mayBeSource)
  return consecutive.length > 0 ? consecutive : [input.firstAddress]
}

/** How many draws of so many flows there are that share no source. */
export function disjointDraws(input: FlowPlanInput): number {
  const range = input.ports[1] - input.ports[0] + 1
  return Math.floor((range * sourceAddresses(input, range).length) / input.flows)
}

/**
 * The candidates of a draw: a block of one seeded order of all, and what follows it as spares; where the blocks are used up, of
 * another order. Two draws share what took the place of ports in use.
 */
function candidates(capacity: number, { flows, seed, draw = 0 }: FlowPlanInput): Uint32Array {
  const blocks = Math.floor(capacity / flows)
  const from = (draw % blocks) * flows
  const most = Math.min(capacity, flows + MOST_SPARE)
  const order = shuffled(capacity, seed + Math.floor(draw / blocks), Math.min(capacity, from + most))
  const own = order.subarray(from, from + most)
  if (own.length === most) return own
  const all = new Uint32Array(most)
  all.set(own)
  all.set(order.subarray(0, most - own.length), own.length)
  return all
}

/**
 * Plans the flows: a seeded draw without repetition from addresses × ports. On loopback, addresses are added
 * (127.0.0.2, …) when one has too few ports; IPv6 has but one there.
 * @throws RpbenchError (wrong usage) when the flows do not fit, saying what does
 */
export function planFlows(input: FlowPlanInput): ListedFlows {
  const [first, last] = input.ports
  const range = last - first + 1
  const addresses = sourceAddresses(input, range)
  const capacity = range * addresses.length
  if (input.flows > capacity)
    throw usageError(
      `${flagOf('flows')} ${input.flows} does not fit: ${addresses.length} source address${addresses.length > 1 ? 'es' : ''} × ${range} ports (${first}-${last}) make ${capacity} flows; widen ${flagOf('sourcePorts')} or add ${flagOf('sourceAddresses')}.`,
    )
  const order = candidates(capacity, input)
  return {
    addresses,
    addressIndex: Uint16Array.from(order, (n) => Math.floor(n / range)),
    port: Uint16Array.from(order, (n) => first + (n % range)),
    flows: input.flows,
  }
}

interface Share {
  /** id of its first flow */
  firstFlow: number
}

/** One worker's part of a plan: its flows, then its spare candidates. */
export type FlowShare = FlowPlan & Share

/**
 * Splits a plan over workers, flows and spares alike, sizes differing by one at most. Those of a part are the workers that
 * it would have if those of all parts were one client's: each flow has the source that it has there. Its flows count from 0.
 */
export function shareFlows(plan: ListedFlows & Part, workers: number): (ListedFlows & Share)[]
export function shareFlows(plan: FlowPlan, workers: number): FlowShare[]
export function shareFlows({ part: wanted, ...plan }: FlowPlan, workers: number): FlowShare[] {
  if (wanted) {
    const { index, count } = wanted
    const own = shareFlows(plan, workers * count).slice((index - 1) * workers, index * workers)
    const first = own[0]!.firstFlow
    return own.map((share) => ({ ...share, firstFlow: share.firstFlow - first }))
  }
  if (!('addressIndex' in plan)) return shareComputedFlows(plan, workers)
  const spares = plan.port.length - plan.flows
  const cut = (total: number, i: number): number => Math.floor((total * i) / workers)
  return Array.from({ length: workers }, (_, i) => {
    const [from, to] = [cut(plan.flows, i), cut(plan.flows, i + 1)]
    const [spareFrom, spareTo] = [plan.flows + cut(spares, i), plan.flows + cut(spares, i + 1)]
    const pick = (all: Uint16Array): Uint16Array => {
      const part = new Uint16Array(to - from + spareTo - spareFrom)
      part.set(all.subarray(from, to))
      part.set(all.subarray(spareFrom, spareTo), to - from)
      return part
    }
    return {
      addresses: plan.addresses,
      addressIndex: pick(plan.addressIndex),
      port: pick(plan.port),
      flows: to - from,
      firstFlow: from,
    }
  })
}
