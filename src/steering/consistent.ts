import type { BpfScope } from './bpf.js'
import { load32, shiftRight, store32, type Program } from './ebpf.js'
import { LookupTable } from './lookup-table.js'
import { TABLE_BITS } from '../kernel/rendezvous.js'
import { begin, loadHash, lookup, pass, select } from './reuseport-program.js'
import type { SeatProgram } from './seat-steering.js'

/** Where the program keeps a seat on its stack. */
const SEAT = -4

/** Puts the seat that the lookup table has for the flow's hash on the stack. */
export const findConsistentSeat = (tableFd: number, seatOffset: number): Program => [
  ...loadHash(1),
  shiftRight(1, 32 - TABLE_BITS),
  store32(10, seatOffset, 1),
  ...lookup(tableFd, seatOffset, 'pass'),
  load32(1, 0, 0),
  store32(10, seatOffset, 1),
]

export const consistentProgram = (socketsFd: number, tableFd: number): Program => [
  ...begin(),
  ...findConsistentSeat(tableFd, SEAT),
  ...select(socketsFd, SEAT, 'pass'),
  ...pass(),
]

/** A flow's member is what a table, made by rendezvous hashing over the members, has for the kernel's hash of it. */
export const consistent: SeatProgram = (scope: BpfScope, socketsFd: number) => {
  const table = new LookupTable(scope)
  return { program: consistentProgram(socketsFd, table.fd), directory: table }
}
