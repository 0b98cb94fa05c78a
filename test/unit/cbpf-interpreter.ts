import type { ClassicInstruction } from '../../src/steering/cbpf.js'

/** What a program may ask of the kernel. */
export interface Machine {
  payload: Uint8Array
  cpu: number
  /** u32 */
  random: () => number
}

/** Runs a classic program as net/core/filter.c does, as far as ours go. @returns the index that it names, u32 */
export function interpret(program: readonly ClassicInstruction[], machine: Machine): number {
  let a = 0
  for (const { code, k } of program) {
    if (code === 0x20) {
      if (k === 0xffff_f000 + 36) a = machine.cpu
      else if (k === 0xffff_f000 + 56) a = machine.random()
      else if (k + 4 > machine.payload.length) return 0
      else a = new DataView(machine.payload.buffer, machine.payload.byteOffset).getUint32(k)
    } else if (code === 0x94) a %= k
    else if (code === 0x16) return a
    else if (code === 0x06) return k
    else throw new Error(`no such instruction: ${code.toString(16)}`)
  }
  throw new Error('a program must return')
}
