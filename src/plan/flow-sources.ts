import type { Family } from '../units/addresses.js'
import { scrambled } from '../stats/random.js'

/** Sources that were drawn one by one: those of flow i are `addresses[addressIndex[i]]` and `port[i]`. */
export interface ListedSources {
  addresses: string[]
  /** index into `addresses`, one a flow */
  addressIndex: Uint16Array
  port: Uint16Array
}

/** A block of addresses of IPv4, as a prefix. */
export interface AddressBlock {
  /** the first of them, as a number of 32 bits */
  network: number
  /** that tell its addresses apart */
  bits: number
}

/** 127.0.0.0/8, all of which every user may send from. */
export const LOOPBACK_BLOCK: AddressBlock = { network: 127 * 2 ** 24, bits: 24 }

/**
 * The addresses of IPv6 that flows have which share sockets: of a network that nobody routes (RFC 4193, "rpbench" in letters), and
 * that end with an address of the block. In a network namespace of our own it is local; native/src/ipv6_network.h has the same.
 */
const IPV6_NETWORK = 'fd72:7062:656e:6368::'

/** Sources that are computed, for flows without a socket each: nothing is kept of them. Many flows have the same port. */
export interface ComputedSources {
  seed: number
  /** place of flow 0 in the seeded order of all sources that these ports have */
  first: number
  ports: readonly number[]
  /** of their addresses; of IPv4 when absent */
  family?: Family
  /** addresses that a TUN device is for, which the flows share; absent where they share sockets, and have all of loopback */
  device?: AddressBlock
}

/** Where the flows of a worker come from. */
export type FlowSources = ListedSources | ComputedSources

/** Flows that stand one after another and share a socket, so that what is sent together can go in one call. */
export const RUN_OF_FLOWS = 16
/** The first and the last addresses of a block are left out: on loopback those of servers, and the broadcast address. */
const EDGE = 64

const addressesOf = ({ bits }: AddressBlock): number => 2 ** bits - 2 * EDGE

/** How many sources there are of so many ports. */
export const computedCapacity = (ports: number, block = LOOPBACK_BLOCK): number => ports * addressesOf(block)

/**
 * A bijection of up to 24 bits that the key decides: three rounds of what bijections of this kind are made of (xor with a part
 * of the key, shift and xor, product with an odd number), each of which can be undone.
 */
function permuted(n: number, key: number, mask: number): number {
  let x = n
  for (let round = 0; round < 3; round++) {
    x ^= (key >>> (round * 4)) & mask
    x ^= x >>> 13
    x = Math.imul(x, 0xd3_5a_2d) & mask
    x ^= x >>> 11
  }
  return x
}

/** Source of a flow whose sources are computed: which of the ports, and the address, or its end, as a number of 32 bits. */
export function computedSource(
  { seed, first, ports, device: block = LOOPBACK_BLOCK }: ComputedSources,
  flow: number,
): { portIndex: number; address: number } {
  const place = first + flow
  const run = Math.floor(place / RUN_OF_FLOWS)
  const portIndex = run % ports.length
  const key = scrambled(scrambled(seed) ^ portIndex)
  const addresses = addressesOf(block)
  // Places of a port are 0 … addresses−1; the bijection is walked until it is back among them, so that it stays one.
  let at = Math.floor(run / ports.length) * RUN_OF_FLOWS + (place % RUN_OF_FLOWS) + EDGE
  do at = permuted(at, key, 2 ** block.bits - 1)
  while (at < EDGE || at >= EDGE + addresses)
  return { portIndex, address: block.network + at }
}

/** An IPv4 address as a number of 32 bits, as dotted decimals. */
const dotted = (address: number): string =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`

/** The address of IPv6 that ends with one of 32 bits. */
const ipv6Of = (address: number): string =>
  `${IPV6_NETWORK}${(address >>> 16).toString(16)}:${(address & 0xff_ff).toString(16)}`

/** Source address and port of a flow; flows are numbered within the worker's share. */
export function sourceOf(sources: FlowSources, flow: number): { address: string; port: number } {
  if ('addressIndex' in sources)
    return { address: sources.addresses[sources.addressIndex[flow]!]!, port: sources.port[flow]! }
  const { portIndex, address } = computedSource(sources, flow)
  const text = sources.family === 'ipv6' ? ipv6Of(address) : dotted(address)
  return { address: text, port: sources.ports[portIndex]! }
}
