import type { BpfScope } from './bpf.js'
import { load32, shiftRight, store32, type Program } from './ebpf.js'
import { LookupTable } from './lookup-table.js'
import { TABLE_BITS } from '../kernel/rendezvous.js'
import { begin, loadHash, lookup, pass, select } from './reuseport-program.js'
import type { LifeProgram } from './life-steering.js'

/** Where the program keeps a life on its stack. */
const LIFE = -4

/** Puts the life's number that the lookup table has for the flow's hash on the stack. */
export const findConsistentLife = (tableFd: number, lifeOffset: number): Program => [
  ...loadHash(1),
  shiftRight(1, 32 - TABLE_BITS),
  store32(10, lifeOffset, 1),
  ...lookup(tableFd, lifeOffset, 'pass'),
  load32(1, 0, 0),
  store32(10, lifeOffset, 1),
]

export const consistentProgram = (socketsFd: number, tableFd: number): Program => [
  ...begin(),
  ...findConsistentLife(tableFd, LIFE),
  ...select(socketsFd, LIFE, 'pass'),
  ...pass(),
]

/** A flow's member is what a table, made by rendezvous hashing over the members, has for the kernel's hash of it. */
export const consistent: LifeProgram = (scope: BpfScope, socketsFd: number) => {
  const table = new LookupTable(scope)
  return { program: consistentProgram(socketsFd, table.fd), directory: table }
}
