import {
  addConstant,
  call,
  exit,
  jumpIfNotZero,
  jumpIfZero,
  label,
  load32,
  loadMap,
  move,
  moveConstant,
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
const CONTEXT_HASH = 32
const SK_PASS = 1

const HELPER_LOOKUP = 1
const HELPER_UPDATE = 2
const HELPER_LOAD_BYTES = 26
const HELPER_LOAD_BYTES_RELATIVE = 68
const HELPER_SELECT = 82
const FROM_NETWORK_HEADER = 1

/** Of the source address in an IPv4 header (RFC 791) and of the source port in a UDP header (RFC 768). */
const SOURCE_ADDRESS = { offset: 12, bytes: 4 }
const SOURCE_PORT = { offset: 0, bytes: 2 }
const UDP_HEADER_BYTES = 8

/** A flow as a key: the sender's address and port in network order, padded. The group has but one port. */
export const FLOW_KEY_BYTES = 8

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

/** Selects the socket whose seat stands on the stack; goes on at `gone` if that seat is empty. */
export const select = (socketsFd: number, seatOffset: number, gone: string): Program => [
  move(1, CONTEXT),
  loadMap(2, socketsFd),
  ...pointer(3, seatOffset),
  moveConstant(4, 0),
  call(HELPER_SELECT),
  jumpIfNotZero(0, gone),
]

/** Puts the flow's key on the stack. */
export const loadFlowKey = (keyOffset: number): Program => [
  move(1, CONTEXT),
  moveConstant(2, SOURCE_ADDRESS.offset),
  ...pointer(3, keyOffset),
  moveConstant(4, SOURCE_ADDRESS.bytes),
  moveConstant(5, FROM_NETWORK_HEADER),
  call(HELPER_LOAD_BYTES_RELATIVE),
  jumpIfNotZero(0, 'pass'),
  storeConstant32(STACK, keyOffset + 4, 0),
  move(1, CONTEXT),
  moveConstant(2, SOURCE_PORT.offset),
  ...pointer(3, keyOffset + 4),
  moveConstant(4, SOURCE_PORT.bytes),
  call(HELPER_LOAD_BYTES),
  jumpIfNotZero(0, 'pass'),
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
