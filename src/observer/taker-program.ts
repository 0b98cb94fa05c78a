import {
  add,
  addConstant,
  call,
  exit,
  jump,
  jumpIfNotEqual,
  jumpIfNotZero,
  jumpIfZero,
  jumpUnless,
  label,
  load,
  loadMap,
  mask,
  move,
  moveConstant,
  moveWord,
  shiftRight,
  store,
  storeConstant32,
  type Program,
} from '../steering/ebpf.js'
import { findEntry } from '../steering/reuseport-program.js'
import type { Btf } from './btf.js'

/**
 * A program that runs where the kernel has taken something from a socket for a thread, or found nothing there, in that thread, however it
 * came to ask: recvmsg and its kin, read, io_uring. It counts that for each socket on a port and each thread; all other sockets it
 * leaves after a few instructions. It changes nothing. Sources: linux/bpf.h, include/trace/events/sock.h (tracepoint sock_recv_length,
 * Linux 6.3), net/ipv4/inet_connection_sock.c (inet_csk_accept).
 */

const HELPER_UPDATE = 2
const HELPER_THREAD = 14
const HELPER_NAME = 16
const ONLY_NEW = 1
/** What leaves the datagram in its queue, or takes from the queue of errors (linux/socket.h). */
const MSG_PEEK = 0x2
const MSG_ERRQUEUE = 0x2000
const NAME_BYTES = 16

/** Cookie of the socket; thread and process (u32). */
export const TAKER_KEY_BYTES = 16
/** Calls that took something, and those that did not (u64); name of the thread. */
export const TAKER_VALUE_BYTES = 32
const TAKEN = { something: 0, nothing: 8, name: 16 } as const

const KEY = -TAKER_KEY_BYTES
const VALUE = KEY - TAKER_VALUE_BYTES

/** `enum bpf_attach_type` of linux/bpf.h: a tracepoint with types, and where a function returns (Linux 5.5). */
const [TRACEPOINT, FUNCTION_END] = [23, 25]
const IPPROTO = { udp: 17, tcp: 6 } as const

/** Where such a program is put, and which of its arguments says what. The socket is the first. */
export interface TakingPlace {
  name: string
  attachType: number
  btfId: number
  result: number
  /** of recvmsg(2); absent where connections are taken */
  flags?: number
}

/** Where this kernel has what is read. */
export interface TakerLayout {
  port: number
  protocol: number
  cookie: number
  namespace: number
  namespaceNumber: number
  place: TakingPlace
}

/** Datagrams by the tracepoint behind all calls that receive; connections where the function returns that hands them out. */
const PLACES: Readonly<Record<'udp' | 'tcp', (btf: Btf) => TakingPlace>> = {
  udp: (btf) => ({
    name: 'sock_recv_length',
    attachType: TRACEPOINT,
    btfId: btf.typedefId('btf_trace_sock_recv_length'),
    result: 1,
    flags: 2,
  }),
  tcp: (btf) => {
    const { id, parameters } = btf.kernelFunction('inet_csk_accept')
    // The result stands behind what it takes, which differs between kernels.
    return { name: 'inet_csk_accept', attachType: FUNCTION_END, btfId: id, result: parameters.length }
  },
}

/** @throws RangeError where this kernel has something else in its place */
export const takerLayout = (btf: Btf, protocol: 'udp' | 'tcp'): TakerLayout => ({
  port: btf.fieldByte('sock', '__sk_common.skc_num'),
  protocol: btf.fieldByte('sock', 'sk_protocol'),
  cookie: btf.fieldByte('sock', '__sk_common.skc_cookie'),
  namespace: btf.fieldByte('sock', '__sk_common.skc_net.net'),
  namespaceNumber: btf.fieldByte('net', 'ns.inum'),
  place: PLACES[protocol](btf),
})

/** Which sockets are watched: those on a port of a network namespace. */
export interface TakersOf {
  protocol: 'udp' | 'tcp'
  port: number
  /** number of the namespace, as /proc/PID/ns/net names it */
  namespace: number
}

/** R9 = 0 where the call took something: a datagram, which may be empty, or a connection. */
const tookSomething = ({ flags, result }: TakingPlace): Program =>
  flags === undefined
    ? [
        load(8, 2, 6, result * 8),
        moveConstant(9, 1),
        jumpIfZero(2, 'told'),
        moveConstant(9, 0),
        label('told'),
      ]
    : [
        load(4, 2, 6, flags * 8),
        mask(2, MSG_PEEK | MSG_ERRQUEUE),
        jumpIfNotZero(2, 'out'),
        load(4, 9, 6, result * 8),
        shiftRight(9, 31),
      ]

/** @param takersFd TAKER_KEY → TAKER_VALUE */
export const takerCounter = (
  { protocol, port, namespace }: TakersOf,
  layout: TakerLayout,
  takersFd: number,
): Program => [
  move(6, 1),
  load(8, 7, 6, 0),
  load(2, 2, 7, layout.port),
  jumpUnless(2, port, 'out'),
  load(2, 2, 7, layout.protocol),
  jumpUnless(2, IPPROTO[protocol], 'out'),
  load(8, 2, 7, layout.namespace),
  load(4, 2, 2, layout.namespaceNumber),
  moveWord(3, namespace),
  jumpIfNotEqual(2, 3, 'out'),
  // Without a cookie nobody has looked at it yet.
  load(8, 8, 7, layout.cookie),
  jumpIfZero(8, 'out'),
  ...tookSomething(layout.place),
  store(8, 10, KEY, 8),
  call(HELPER_THREAD),
  store(8, 10, KEY + 8, 0),
  ...findEntry(takersFd, KEY),
  jumpIfNotZero(0, 'add'),
  ...enterThread(takersFd),
  label('add'),
  moveConstant(1, 1),
  jumpIfNotZero(9, 'nothing'),
  add(8, 0, TAKEN.something, 1),
  jump('out'),
  label('nothing'),
  add(8, 0, TAKEN.nothing, 1),
  label('out'),
  moveConstant(0, 0),
  exit(),
]

/** R0 = the entry of a thread that is new to the socket; ends where there is no room. */
const enterThread = (takersFd: number): Program => [
  ...Array.from({ length: TAKER_VALUE_BYTES / 4 }, (_, word) => storeConstant32(10, VALUE + 4 * word, 0)),
  move(1, 10),
  addConstant(1, VALUE + TAKEN.name),
  moveConstant(2, NAME_BYTES),
  call(HELPER_NAME),
  loadMap(1, takersFd),
  move(2, 10),
  addConstant(2, KEY),
  move(3, 10),
  addConstant(3, VALUE),
  moveConstant(4, ONLY_NEW),
  call(HELPER_UPDATE),
  ...findEntry(takersFd, KEY),
  jumpIfZero(0, 'out'),
]

/** What stands in a key and its value. */
export interface TakerEntry {
  cookie: number
  pid: number
  threadId: number
  name: string
  taken: number
  inVain: number
}

/** Entry `i` of what was read of the map. */
export function takerEntry(keys: Buffer, values: Buffer, i: number): TakerEntry {
  const [key, value] = [i * TAKER_KEY_BYTES, i * TAKER_VALUE_BYTES]
  const [name = ''] = values.toString('utf8', value + TAKEN.name, value + TAKEN.name + NAME_BYTES).split('\0')
  return {
    cookie: Number(keys.readBigUInt64LE(key)),
    threadId: keys.readUInt32LE(key + 8),
    pid: keys.readUInt32LE(key + 12),
    name,
    taken: Number(values.readBigUInt64LE(value + TAKEN.something)),
    inVain: Number(values.readBigUInt64LE(value + TAKEN.nothing)),
  }
}
