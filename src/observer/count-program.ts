import {
  add,
  addConstant,
  call,
  exit,
  jump,
  jumpIfEqual,
  jumpIfNotZero,
  jumpIfZero,
  jumpUnless,
  label,
  load,
  load32,
  loadMap,
  mask,
  move,
  moveConstant,
  store,
  store32,
  storeConstant32,
  type Program,
} from '../steering/ebpf.js'
import { begin, FLOW_KEY_BYTES, findEntry, loadFlowKey } from '../steering/reuseport-program.js'

/**
 * Socket filters that count what comes to each socket of a group, and let all of it pass whole. They run where the socket has
 * been chosen, whoever chose it, before its queue: what then finds no room there was counted. Sources: linux/bpf.h
 * (`struct __sk_buff`, helpers), net/core/filter.c, RFC 9293.
 */

/** In `struct __sk_buff`. */
const CONTEXT_PROTOCOL = 16
const CONTEXT_SEGMENTS = 164

const HELPER_UPDATE = 2
const HELPER_LOAD_BYTES = 26
const HELPER_SOCKET_COOKIE = 46
const ONLY_NEW = 1
/** What a filter returns to keep all bytes of a packet: more than it can have. */
const KEEP = -1

const COOKIE_BYTES = 8
/** Cookie of the socket and flow. */
export const COUNT_KEY_BYTES = COOKIE_BYTES + FLOW_KEY_BYTES
/** What was counted (u64); of TCP the sequence number of the last SYN, and how many came again with theirs (u32). */
export const COUNT_VALUE_BYTES = 16
const COUNT = { packets: 0, sequence: 8, repeated: 12 } as const

/** On the stack. */
const KEY = -32
const VALUE = KEY - COUNT_VALUE_BYTES
const HEADER = VALUE - 16

/** Of a TCP header, from its sequence number to its flags. */
const TCP_PART = { offset: 4, bytes: 10, sequence: 0, flags: 9 } as const
const TCP_FLAGS = { FIN: 0x01, SYN: 0x02, RST: 0x04, ACK: 0x10 } as const
const OPENING = TCP_FLAGS.FIN | TCP_FLAGS.SYN | TCP_FLAGS.RST | TCP_FLAGS.ACK

export interface CountMaps {
  /** COUNT_KEY → COUNT_VALUE */
  flowsFd: number
  /** cookie → packets of that socket whose flow found no room; has an entry for each socket of the group */
  unlistedFd: number
}

/** Puts the cookie of the socket on the stack, and behind it the flow. */
const loadKey = (): Program => [
  move(1, 6),
  call(HELPER_SOCKET_COOKIE),
  store(8, 10, KEY, 0),
  ...loadFlowKey(KEY + COOKIE_BYTES, CONTEXT_PROTOCOL),
]

/** Enters a flow that is new with what R7 says; where another CPU was first goes on at `again`, without room at `unlisted`. */
const enterFlow = (flowsFd: number): Program => [
  store(8, 10, VALUE + COUNT.packets, 7),
  loadMap(1, flowsFd),
  move(2, 10),
  addConstant(2, KEY),
  move(3, 10),
  addConstant(3, VALUE),
  moveConstant(4, ONLY_NEW),
  call(HELPER_UPDATE),
  jumpIfZero(0, 'pass'),
]

/** Adds R7 to what is there already of the flow, or to what found no room. */
const addElsewhere = ({ flowsFd, unlistedFd }: CountMaps): Program => [
  ...findEntry(flowsFd, KEY),
  jumpIfNotZero(0, 'add'),
  ...findEntry(unlistedFd, KEY),
  jumpIfZero(0, 'pass'),
  label('add'),
  add(8, 0, COUNT.packets, 7),
  ...pass(),
]

const pass = (): Program => [label('pass'), moveConstant(0, KEEP), exit()]

/** Counts datagrams: also those that came in one piece, as GRO makes them of several for a socket that asked for it. */
export const datagramCounter = (maps: CountMaps): Program => [
  ...begin(),
  ...loadKey(),
  load32(7, 6, CONTEXT_SEGMENTS),
  jumpIfNotZero(7, 'known'),
  moveConstant(7, 1),
  label('known'),
  ...findEntry(maps.flowsFd, KEY),
  jumpIfNotZero(0, 'add'),
  storeConstant32(10, VALUE + COUNT.sequence, 0),
  storeConstant32(10, VALUE + COUNT.repeated, 0),
  ...enterFlow(maps.flowsFd),
  ...addElsewhere(maps),
]

/**
 * Counts requests for a connection: a SYN with a sequence number of its own; one that came again with the same is counted
 * apart. Accepted sockets inherit the filter: what is no such request, as all that comes to them, ends after a few instructions.
 */
export const connectionCounter = (maps: CountMaps): Program => [
  ...begin(),
  move(1, 6),
  moveConstant(2, TCP_PART.offset),
  move(3, 10),
  addConstant(3, HEADER),
  moveConstant(4, TCP_PART.bytes),
  call(HELPER_LOAD_BYTES),
  jumpIfNotZero(0, 'pass'),
  load(1, 1, 10, HEADER + TCP_PART.flags),
  mask(1, OPENING),
  jumpUnless(1, TCP_FLAGS.SYN, 'pass'),
  ...loadKey(),
  moveConstant(7, 1),
  load32(8, 10, HEADER + TCP_PART.sequence),
  ...findEntry(maps.flowsFd, KEY),
  jumpIfNotZero(0, 'seen'),
  store32(10, VALUE + COUNT.sequence, 8),
  storeConstant32(10, VALUE + COUNT.repeated, 0),
  ...enterFlow(maps.flowsFd),
  jump('elsewhere'),
  label('seen'),
  load32(1, 0, COUNT.sequence),
  jumpIfEqual(1, 8, 'again'),
  store32(0, COUNT.sequence, 8),
  jump('add'),
  label('again'),
  add(4, 0, COUNT.repeated, 7),
  jump('pass'),
  label('elsewhere'),
  ...addElsewhere(maps),
]

/** What stands in a key and its value. */
export interface CountEntry {
  cookie: number
  /** in network order, IPv4 in the form of IPv6 */
  address: Uint8Array
  port: number
  packets: number
  repeated: number
}

/** Entry `i` of what was read of the map. */
export function countEntry(keys: DataView, values: DataView, i: number): CountEntry {
  const [key, value] = [i * COUNT_KEY_BYTES, i * COUNT_VALUE_BYTES]
  return {
    cookie: Number(keys.getBigUint64(key, true)),
    address: new Uint8Array(keys.buffer, keys.byteOffset + key + COOKIE_BYTES, 16),
    port: keys.getUint16(key + COOKIE_BYTES + 16),
    packets: Number(values.getBigUint64(value + COUNT.packets, true)),
    repeated: values.getUint32(value + COUNT.repeated, true),
  }
}
