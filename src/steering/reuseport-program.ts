import { mappedBytes } from '../units/addresses.js'
import {
  addConstant,
  call,
  exit,
  jump,
  jumpIfNotZero,
  jumpIfZero,
  label,
  load32,
  loadMap,
  move,
  moveConstant,
  store32,
  storeConstant32,
  type Program,
  type Register,
} from './ebpf.js'

/**
 * What programs of type SK_REUSEPORT are made of. They run with their context in R1, keep it in R6, and end at the
 * label `pass`. Source: linux/bpf.h, `struct sk_reuseport_md`, `enum sk_action` and the list of helpers.
 */
const CONTEXT: Register = 6
const STACK: Register = 10
const CONTEXT_ETH_PROTOCOL = 20
const CONTEXT_HASH = 32
const SK_PASS = 1

const HELPER_LOOKUP = 1
const HELPER_UPDATE = 2
const HELPER_LOAD_BYTES = 26
const HELPER_LOAD_BYTES_RELATIVE = 68
const HELPER_SELECT = 82
const FROM_NETWORK_HEADER = 1

/** Of the source address in an IPv4 header (RFC 791), in an IPv6 header (RFC 8200), of the source port (RFC 768). */
const SOURCE_ADDRESS_V4 = { offset: 12, bytes: 4 }
const SOURCE_ADDRESS_V6 = { offset: 8, bytes: 16 }
const SOURCE_PORT = { offset: 0, bytes: 2 }
const UDP_HEADER_BYTES = 8

/** ETH_P_IPV6 of linux/if_ether.h in network order, as a little-endian machine reads it. */
const ETH_P_IPV6 = 0xdd86
/** Bytes 8 to 11 of an IPv4 address in the form of IPv6 (::ffff:a.b.c.d, RFC 4291), read likewise; s32. */
const MAPPED_WORD = -0x1_0000

export interface FlowAddress {
  /** numeric */
  address: string
  port: number
}

/**
 * A flow as a key: the sender's address as of IPv6 and port, in network order, padded. The group has but one port, and
 * may take both families.
 */
export const FLOW_KEY_BYTES = 20

/** Writes the key of a flow to `keys` at `at`. */
export function writeFlowKey(keys: DataView, at: number, { address, port }: FlowAddress): void {
  mappedBytes(address).forEach((byte, i) => keys.setUint8(at + i, byte))
  keys.setUint16(at + 16, port)
}

export const begin = (): Program => [move(CONTEXT, 1)]

/** Without a selected socket, SK_PASS leaves the choice to the hash; nothing here ever drops a datagram. */
export const pass = (): Program => [label('pass'), moveConstant(0, SK_PASS), exit()]

/** to = the kernel's hash of the datagram's flow */
export const loadHash = (to: Register): Program => [load32(to, CONTEXT, CONTEXT_HASH)]

const pointer = (to: Register, stackOffset: number): Program => [
  move(to, STACK),
  addConstant(to, stackOffset),
]

/** R0 = pointer to the value whose key stands on the stack, or 0 */
export const findEntry = (mapFd: number, keyOffset: number): Program => [
  loadMap(1, mapFd),
  ...pointer(2, keyOffset),
  call(HELPER_LOOKUP),
]

/** The same, but goes on at `missing` if there is none. */
export const lookup = (mapFd: number, keyOffset: number, missing: string): Program => [
  ...findEntry(mapFd, keyOffset),
  jumpIfZero(0, missing),
]

export const update = (mapFd: number, keyOffset: number, valueOffset: number): Program => [
  loadMap(1, mapFd),
  ...pointer(2, keyOffset),
  ...pointer(3, valueOffset),
  moveConstant(4, 0),
  call(HELPER_UPDATE),
]

/** Selects the socket of the life whose number stands on the stack; goes on at `gone` if that life is over. */
export const select = (socketsFd: number, lifeOffset: number, gone: string): Program => [
  move(1, CONTEXT),
  loadMap(2, socketsFd),
  ...pointer(3, lifeOffset),
  moveConstant(4, 0),
  call(HELPER_SELECT),
  jumpIfNotZero(0, gone),
]

/** Copies bytes that are this far behind the network header to the stack. */
const loadNetworkBytes = ({ offset, bytes }: { offset: number; bytes: number }, to: number): Program => [
  move(1, CONTEXT),
  moveConstant(2, offset),
  ...pointer(3, to),
  moveConstant(4, bytes),
  moveConstant(5, FROM_NETWORK_HEADER),
  call(HELPER_LOAD_BYTES_RELATIVE),
  jumpIfNotZero(0, 'pass'),
]

/**
 * Puts the flow's key on the stack.
 * @param protocolOffset where the type of program has the protocol of Ethernet in its context
 */
export const loadFlowKey = (keyOffset: number, protocolOffset = CONTEXT_ETH_PROTOCOL): Program => [
  load32(1, CONTEXT, protocolOffset),
  addConstant(1, -ETH_P_IPV6),
  jumpIfNotZero(1, 'ipv4'),
  ...loadNetworkBytes(SOURCE_ADDRESS_V6, keyOffset),
  jump('port'),
  label('ipv4'),
  storeConstant32(STACK, keyOffset, 0),
  storeConstant32(STACK, keyOffset + 4, 0),
  storeConstant32(STACK, keyOffset + 8, MAPPED_WORD),
  ...loadNetworkBytes(SOURCE_ADDRESS_V4, keyOffset + 12),
  label('port'),
  storeConstant32(STACK, keyOffset + 16, 0),
  move(1, CONTEXT),
  moveConstant(2, SOURCE_PORT.offset),
  ...pointer(3, keyOffset + 16),
  moveConstant(4, SOURCE_PORT.bytes),
  call(HELPER_LOAD_BYTES),
  jumpIfNotZero(0, 'pass'),
]

/** Puts the byte at this offset of the IP header, and `more`, on the stack, as a word. */
export const loadHopLimit = (networkOffset: number, stackOffset: number, more: number): Program => [
  storeConstant32(STACK, stackOffset, 0),
  ...loadNetworkBytes({ offset: networkOffset, bytes: 1 }, stackOffset),
  load32(1, STACK, stackOffset),
  addConstant(1, more),
  store32(STACK, stackOffset, 1),
]

/** Puts a word of a UDP datagram's payload on the stack, as it stands there. */
export const loadPayloadWord = (payloadOffset: number, stackOffset: number): Program => [
  move(1, CONTEXT),
  moveConstant(2, UDP_HEADER_BYTES + payloadOffset),
  ...pointer(3, stackOffset),
  moveConstant(4, 4),
  call(HELPER_LOAD_BYTES),
  jumpIfNotZero(0, 'pass'),
]
