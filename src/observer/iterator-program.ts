import {
  addConstant,
  call,
  exit,
  jump,
  jumpIfAtLeast,
  jumpIfNotEqual,
  jumpIfZero,
  jumpUnless,
  label,
  load,
  move,
  moveConstant,
  store,
  storeConstant32,
  type Program,
  type Register,
} from '../steering/ebpf.js'
import type { Btf, FieldPlace } from './btf.js'

/**
 * A program for the kernel's iterator over the sockets of UDP or TCP: for each on a port (of TCP those that listen) it writes a
 * record of how the kernel has it in its group, and behind that of the first in a group's array the array. It changes nothing. Source:
 * linux/bpf.h, include/net/sock_reuseport.h, kernel/bpf/bpf_iter.c.
 */

const HELPER_READ_KERNEL = 113
const HELPER_SEQ_WRITE = 127
const TCP_LISTEN = 10
/** Both contexts, `bpf_iter__udp` and `bpf_iter__tcp`, begin with their frame and the socket. */
const CONTEXT = { meta: 0, socket: 8 } as const

/** A record; pointers serve to tell what is the same. */
export const RECORD = {
  bytes: 128,
  socket: 0,
  cookie: 8,
  group: 16,
  reuseportByte: 24,
  size: 28,
  program: 32,
  programId: 40,
  programName: 48,
  filter: 64,
  filterId: 72,
  filterName: 80,
  first: 96,
  scratch: 104,
  incomingCpu: 112,
  lookup: 120,
} as const
const NAME_BYTES = 16
/** Among the places for programs of a network namespace (linux/bpf-netns.h, NETNS_BPF_SK_LOOKUP). */
const SK_LOOKUP = 1

/** The array is written in pieces of so many pointers; the kernel gives a socket 32 KiB to be told of in. */
export const PIECE = 32
export const MOST_LISTED = 124 * PIECE

/** Where this kernel has what is read. */
export interface SocketLayout {
  port: number
  state: number
  cookie: number
  reuseport: FieldPlace
  group: number
  filter: number
  incomingCpu: number
  namespace: number
  /** of programs that pick the socket before any group is asked (BPF_SK_LOOKUP), in a network namespace */
  lookupPrograms: number
  groupSize: number
  groupProgram: number
  groupSockets: number
  filterProgram: number
  programAux: number
  programId: number
  programName: number
  sequence: number
}

/** @throws RangeError where this kernel has something else in its place */
export function socketLayout(btf: Btf): SocketLayout {
  return {
    port: btf.fieldByte('sock', '__sk_common.skc_num'),
    state: btf.fieldByte('sock', '__sk_common.skc_state'),
    cookie: btf.fieldByte('sock', '__sk_common.skc_cookie'),
    reuseport: btf.fieldPlace('sock', '__sk_common.skc_reuseport'),
    group: btf.fieldByte('sock', 'sk_reuseport_cb'),
    filter: btf.fieldByte('sock', 'sk_filter'),
    incomingCpu: btf.fieldByte('sock', '__sk_common.skc_incoming_cpu'),
    namespace: btf.fieldByte('sock', '__sk_common.skc_net.net'),
    lookupPrograms: btf.fieldByte('net', 'bpf.run_array') + SK_LOOKUP * 8,
    groupSize: btf.fieldByte('sock_reuseport', 'num_socks'),
    groupProgram: btf.fieldByte('sock_reuseport', 'prog'),
    groupSockets: btf.fieldByte('sock_reuseport', 'socks'),
    filterProgram: btf.fieldByte('sk_filter', 'prog'),
    programAux: btf.fieldByte('bpf_prog', 'aux'),
    programId: btf.fieldByte('bpf_prog_aux', 'id'),
    programName: btf.fieldByte('bpf_prog_aux', 'name'),
    sequence: btf.fieldByte('bpf_iter_meta', 'seq'),
  }
}

const META: Register = 7
const SOCKET: Register = 8
const POINTER: Register = 9
const STACK: Register = 10
const AT = -RECORD.bytes
const ARRAY = AT - PIECE * 8

/** The record's field = so many bytes of the kernel at from + offset */
const read = (to: number, bytes: number, from: Register, offset: number): Program => [
  move(1, STACK),
  addConstant(1, to),
  moveConstant(2, bytes),
  move(3, from),
  addConstant(3, offset),
  call(HELPER_READ_KERNEL),
]

const write = (from: number, bytes: number, { sequence }: SocketLayout): Program => [
  load(8, 1, META, sequence),
  move(2, STACK),
  addConstant(2, from),
  moveConstant(3, bytes),
  call(HELPER_SEQ_WRITE),
]

/** Id and name of the program that POINTER points to. */
const readProgram = (layout: SocketLayout, id: number, name: number): Program => [
  ...read(AT + RECORD.scratch, 8, POINTER, layout.programAux),
  load(8, POINTER, STACK, AT + RECORD.scratch),
  ...read(AT + id, 4, POINTER, layout.programId),
  ...read(AT + name, NAME_BYTES, POINTER, layout.programName),
]

/** Follows the pointer in a field of the record, or goes on elsewhere where it is none. */
const follow = (field: number, orElse: string): Program => [
  load(8, POINTER, STACK, AT + field),
  jumpIfZero(POINTER, orElse),
]

export const socketIterator = (protocol: 'udp' | 'tcp', port: number, layout: SocketLayout): Program => [
  move(6, 1),
  load(8, META, 6, CONTEXT.meta),
  load(8, SOCKET, 6, CONTEXT.socket),
  jumpIfZero(SOCKET, 'out'),
  load(2, 2, SOCKET, layout.port),
  jumpUnless(2, port, 'out'),
  // Others than those that listen may be smaller structures.
  ...(protocol === 'tcp' ? [load(1, 2, SOCKET, layout.state), jumpUnless(2, TCP_LISTEN, 'out')] : []),
  ...Array.from({ length: RECORD.bytes / 4 }, (_, word) => storeConstant32(STACK, AT + 4 * word, 0)),
  store(8, STACK, AT + RECORD.socket, SOCKET),
  load(8, 2, SOCKET, layout.cookie),
  store(8, STACK, AT + RECORD.cookie, 2),
  load(1, 2, SOCKET, layout.reuseport.byte),
  store(1, STACK, AT + RECORD.reuseportByte, 2),
  load(4, 2, SOCKET, layout.incomingCpu),
  store(4, STACK, AT + RECORD.incomingCpu, 2),
  ...read(AT + RECORD.scratch, 8, SOCKET, layout.namespace),
  load(8, POINTER, STACK, AT + RECORD.scratch),
  ...read(AT + RECORD.lookup, 8, POINTER, layout.lookupPrograms),
  ...read(AT + RECORD.filter, 8, SOCKET, layout.filter),
  ...follow(RECORD.filter, 'unfiltered'),
  ...read(AT + RECORD.scratch, 8, POINTER, layout.filterProgram),
  ...follow(RECORD.scratch, 'unfiltered'),
  ...readProgram(layout, RECORD.filterId, RECORD.filterName),
  label('unfiltered'),
  ...read(AT + RECORD.group, 8, SOCKET, layout.group),
  ...follow(RECORD.group, 'alone'),
  ...read(AT + RECORD.size, 2, POINTER, layout.groupSize),
  ...read(AT + RECORD.first, 8, POINTER, layout.groupSockets),
  ...read(AT + RECORD.program, 8, POINTER, layout.groupProgram),
  ...follow(RECORD.program, 'alone'),
  ...readProgram(layout, RECORD.programId, RECORD.programName),
  label('alone'),
  ...write(AT, RECORD.bytes, layout),
  ...writeArray(layout),
  label('out'),
  moveConstant(0, 0),
  exit(),
]

/** The array of the group whose first socket this is; R6 counts what is written. */
const writeArray = (layout: SocketLayout): Program => [
  load(8, 1, STACK, AT + RECORD.first),
  jumpIfNotEqual(1, SOCKET, 'out'),
  ...follow(RECORD.group, 'out'),
  load(2, SOCKET, STACK, AT + RECORD.size),
  moveConstant(1, MOST_LISTED),
  jumpIfAtLeast(1, SOCKET, 'fits'),
  moveConstant(SOCKET, MOST_LISTED),
  label('fits'),
  moveConstant(6, 0),
  label('piece'),
  jumpIfAtLeast(6, SOCKET, 'out'),
  ...read(ARRAY, PIECE * 8, POINTER, layout.groupSockets),
  ...write(ARRAY, PIECE * 8, layout),
  addConstant(6, PIECE),
  addConstant(POINTER, PIECE * 8),
  jump('piece'),
]
