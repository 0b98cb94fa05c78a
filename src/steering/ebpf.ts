/**
 * A tiny assembler for eBPF: each function returns one instruction, a program is an array of them and of labels.
 * Source: Documentation/bpf/standardization/instruction-set.rst (RFC 9669) and linux/bpf.h.
 *
 * Registers: R0 takes results, R1 – R5 are arguments and lost in a call, R6 – R9 are kept, R10 is the end of a stack
 * of 512 bytes.
 */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10

export interface Instruction {
  /** u8 */
  readonly code: number
  readonly to?: Register
  readonly from?: Register | typeof PSEUDO_MAP_FD
  /** s16 */
  readonly offset?: number
  /** s32 */
  readonly constant?: number
  /** the label that a jump goes to */
  readonly target?: string
  /** takes two slots, the second empty but for the upper half of the constant, which is 0 here */
  readonly wide?: true
}

/** Names the place of the next instruction. */
export interface Label {
  readonly label: string
}

export type Program = readonly (Instruction | Label)[]

/** As the source of a wide load: its constant is the descriptor of a map, which the kernel turns into a pointer. */
const PSEUDO_MAP_FD = 1
const SLOT_BYTES = 8
const FETCH_ADD = 0x01

/** The codes of loads and stores by the bytes that they move. */
const LOAD = { 1: 0x71, 2: 0x69, 4: 0x61, 8: 0x79 } as const
const STORE = { 1: 0x73, 2: 0x6b, 4: 0x63, 8: 0x7b } as const
const ADD = { 4: 0xc3, 8: 0xdb } as const
type Width = keyof typeof LOAD

export const label = (name: string): Label => ({ label: name })
/** to = from */
export const move = (to: Register, from: Register): Instruction => ({ code: 0xbf, to, from })
export const moveConstant = (to: Register, constant: number): Instruction => ({ code: 0xb7, to, constant })
/** to = constant, as an unsigned number of 32 bits */
export const moveWord = (to: Register, constant: number): Instruction => ({
  code: 0xb4,
  to,
  constant: constant | 0,
})
/** to += constant */
export const addConstant = (to: Register, constant: number): Instruction => ({ code: 0x07, to, constant })
/** to >>>= bits */
export const shiftRight = (to: Register, bits: number): Instruction => ({
  code: 0x77,
  to,
  constant: bits,
})
/** to %= by, unsigned */
export const modulo = (to: Register, by: Register): Instruction => ({ code: 0x9f, to, from: by })
export const moduloConstant = (to: Register, by: number): Instruction => ({ code: 0x97, to, constant: by })
/** to &= constant */
export const mask = (to: Register, constant: number): Instruction => ({ code: 0x57, to, constant })
/** to = the unsigned number of so many bytes at from + offset */
export const load = (bytes: Width, to: Register, from: Register, offset: number): Instruction => ({
  code: LOAD[bytes],
  to,
  from,
  offset,
})
/** the number of so many bytes at to + offset = from */
export const store = (bytes: Width, to: Register, offset: number, from: Register): Instruction => ({
  code: STORE[bytes],
  to,
  from,
  offset,
})
export const load32 = (to: Register, from: Register, offset: number): Instruction => load(4, to, from, offset)
export const store32 = (to: Register, offset: number, from: Register): Instruction =>
  store(4, to, offset, from)
export const storeConstant32 = (to: Register, offset: number, constant: number): Instruction => ({
  code: 0x62,
  to,
  offset,
  constant,
})
/** Adds `register` to the number of so many bytes at to + offset, atomically. */
export const add = (
  bytes: keyof typeof ADD,
  to: Register,
  offset: number,
  register: Register,
): Instruction => ({ code: ADD[bytes], to, from: register, offset })
/** Adds `register` to the u64 at to + offset and gives it what was there before, atomically (Linux 5.12). */
export const fetchAdd64 = (to: Register, offset: number, register: Register): Instruction => ({
  code: 0xdb,
  to,
  from: register,
  offset,
  constant: FETCH_ADD,
})
export const loadMap = (to: Register, mapFd: number): Instruction => ({
  code: 0x18,
  to,
  from: PSEUDO_MAP_FD,
  constant: mapFd,
  wide: true,
})
/** R0 = the big-endian word at this offset of the packet; socket filters only, with the packet's context in R6. */
export const loadPacketWord = (offset: number): Instruction => ({ code: 0x20, constant: offset })
/** R0 = the byte at this offset of the IP header, of a program of type SOCKET_FILTER; R6 holds its context */
export const loadNetworkByte = (offset: number): Instruction => ({
  code: 0x30,
  constant: offset - 0x10_0000,
})
export const call = (helper: number): Instruction => ({ code: 0x85, constant: helper })
export const jump = (target: string): Instruction => ({ code: 0x05, target })
export const jumpIfZero = (register: Register, target: string): Instruction => ({
  code: 0x15,
  to: register,
  target,
})
export const jumpIfNotZero = (register: Register, target: string): Instruction => ({
  code: 0x55,
  to: register,
  target,
})
export const jumpIfEqual = (register: Register, other: Register, target: string): Instruction => ({
  code: 0x1d,
  to: register,
  from: other,
  target,
})
export const jumpIfNotEqual = (register: Register, other: Register, target: string): Instruction => ({
  code: 0x5d,
  to: register,
  from: other,
  target,
})
/** Goes on at the target unless the register has this value. */
export const jumpUnless = (register: Register, constant: number, target: string): Instruction => ({
  code: 0x55,
  to: register,
  constant,
  target,
})
/** Goes on at the target where the register is at least the other, both unsigned. */
export const jumpIfAtLeast = (register: Register, other: Register, target: string): Instruction => ({
  code: 0x3d,
  to: register,
  from: other,
  target,
})
export const exit = (): Instruction => ({ code: 0x95 })

/**
 * The program as the kernel takes it: `struct bpf_insn`, as a little-endian machine lays it out.
 * @throws RangeError on a jump to a label that is not there, or a label that is there twice
 */
export function assemble(program: Program): Uint8Array {
  const places = new Map<string, number>()
  let slots = 0
  for (const item of program) {
    if ('label' in item) {
      if (places.has(item.label)) throw new RangeError(`label ${item.label} is there twice`)
      places.set(item.label, slots)
    } else slots += item.wide ? 2 : 1
  }
  const view = new DataView(new ArrayBuffer(slots * SLOT_BYTES))
  let slot = 0
  for (const item of program) {
    if ('label' in item) continue
    const { code, to = 0, from = 0, constant = 0, target, wide } = item
    const at = slot * SLOT_BYTES
    view.setUint8(at, code)
    view.setUint8(at + 1, (from << 4) | to)
    view.setInt16(at + 2, target === undefined ? (item.offset ?? 0) : distance(places, slot, target), true)
    view.setInt32(at + 4, constant, true)
    slot += wide ? 2 : 1
  }
  return new Uint8Array(view.buffer)
}

/** Jumps count from the slot behind their own. */
function distance(places: ReadonlyMap<string, number>, from: number, target: string): number {
  const place = places.get(target)
  if (place === undefined) throw new RangeError(`there is no label ${target}`)
  return place - (from + 1)
}
