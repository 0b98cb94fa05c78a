import { scrambled } from '../stats/random.js'

/** Sources that were drawn one by one: those of flow i are `addresses[addressIndex[i]]` and `port[i]`. */
export interface ListedSources {
  addresses: string[]
  /** index into `addresses`, one a flow */
  addressIndex: Uint16Array
  port: Uint16Array
}

/**
 * Sources that are computed, for flows without a socket each: nothing is kept of them. Addresses are of 127.0.0.0/8, all of
 * which every user may send from; each port is that of a socket which many flows share.
 */
export interface ComputedSources {
  seed: number
  /** place of flow 0 in the seeded order of all sources that these ports have */
  first: number
  ports: readonly number[]
}

/** Where the flows of a worker come from. */
export type FlowSources = ListedSources | ComputedSources

/** Flows that stand one after another and share a socket, so that what is sent together can go in one call. */
export const RUN_OF_FLOWS = 16
/** The first and the last addresses of 127.0.0.0/8 are left out: those of servers, and the broadcast address. */
const EDGE = 64
const ADDRESSES = 2 ** 24 - 2 * EDGE
const LOOPBACK_NETWORK = 127 * 2 ** 24

/** How many sources there are of so many ports. */
export const computedCapacity = (ports: number): number => ports * ADDRESSES

/**
 * A bijection of 24 bits that the key decides: three rounds of what bijections of this kind are made of (xor with a part
 * of the key, shift and xor, product with an odd number), each of which can be undone.
 */
function permuted(n: number, key: number): number {
  let x = n
  for (let round = 0; round < 3; round++) {
    x ^= (key >>> (round * 4)) & 0xff_ff_ff
    x ^= x >>> 13
    x = Math.imul(x, 0xd3_5a_2d) & 0xff_ff_ff
    x ^= x >>> 11
  }
  return x
}

/** Source of a flow whose sources are computed: which of the ports, and the address as a number of 32 bits. */
export function computedSource(
  { seed, first, ports }: ComputedSources,
  flow: number,
): { portIndex: number; address: number } {
  const place = first + flow
  const run = Math.floor(place / RUN_OF_FLOWS)
  const portIndex = run % ports.length
  const key = scrambled(scrambled(seed) ^ portIndex)
  // Places of a port are 0 … ADDRESSES−1; the bijection is walked until it is back among them, so that it stays one.
  let at = Math.floor(run / ports.length) * RUN_OF_FLOWS + (place % RUN_OF_FLOWS) + EDGE
  do at = permuted(at, key)
  while (at < EDGE || at >= EDGE + ADDRESSES)
  return { portIndex, address: LOOPBACK_NETWORK + at }
}

/** An IPv4 address as a number of 32 bits, as dotted decimals. */
const dotted = (address: number): string =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`

/** Source address and port of a flow; flows are numbered within the worker's share. */
export function sourceOf(sources: FlowSources, flow: number): { address: string; port: number } {
  if ('addressIndex' in sources)
    return { address: sources.addresses[sources.addressIndex[flow]!]!, port: sources.port[flow]! }
  const { portIndex, address } = computedSource(sources, flow)
  return { address: dotted(address), port: sources.ports[portIndex]! }
}
