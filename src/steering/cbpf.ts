/**
 * A tiny assembler for classic BPF: each function returns one instruction, a program is an array of them.
 * Source: the opcodes of linux/bpf_common.h and the ancillary offsets of linux/filter.h (SKF_AD_OFF, SKF_AD_CPU,
 * SKF_AD_RANDOM), as Documentation/networking/filter.rst explains them.
 *
 * In a reuseport group, a program returns the index of the socket in the group's array; the datagram's bytes begin
 * with its payload. An index that is out of range leaves the choice to the hash.
 */
export interface ClassicInstruction {
  /** u16 */
  readonly code: number
  /** instructions to skip if a condition holds, and if it does not */
  readonly jumpTrue: number
  readonly jumpFalse: number
  /** u32 */
  readonly k: number
}

const LD_W_ABS = 0x20
const LD_B_ABS = 0x30
const ALU_SUB_K = 0x14
const ALU_MOD_K = 0x94
const RET_K = 0x06
const RET_A = 0x16

/** Offsets from here on ask the kernel about the packet, rather than the packet. */
const ANCILLARY = 0x1_0000_0000 - 0x1000
/** From here on, bytes count from the network header (SKF_NET_OFF). */
const NETWORK_HEADER = 0x1_0000_0000 - 0x10_0000
const ANCILLARY_CPU = 36
const ANCILLARY_RANDOM = 56

const INSTRUCTION_BYTES = 8

const instruction = (code: number, k: number): ClassicInstruction => ({
  code,
  jumpTrue: 0,
  jumpFalse: 0,
  k,
})

/** A = the big-endian word at this offset of the payload; a payload too short for it returns 0 at once. */
export const loadWord = (offset: number): ClassicInstruction => instruction(LD_W_ABS, offset)
/** A = the byte at this offset of the IP header */
export const loadNetworkByte = (offset: number): ClassicInstruction =>
  instruction(LD_B_ABS, NETWORK_HEADER + offset)
/** A = A − `k` */
export const subtract = (k: number): ClassicInstruction => instruction(ALU_SUB_K, k)
/** A = number of the CPU that handles the datagram */
export const loadCpu = (): ClassicInstruction => instruction(LD_W_ABS, ANCILLARY + ANCILLARY_CPU)
/** A = 32 random bits */
export const loadRandom = (): ClassicInstruction => instruction(LD_W_ABS, ANCILLARY + ANCILLARY_RANDOM)
/** A = A mod `divisor`, which is at least 1 */
export const modulo = (divisor: number): ClassicInstruction => instruction(ALU_MOD_K, divisor)
/** Ends the program with the value of A. */
export const returnA = (): ClassicInstruction => instruction(RET_A, 0)
/** Ends the program with this value. */
export const returnConstant = (value: number): ClassicInstruction => instruction(RET_K, value)

/** The program as the kernel takes it: `struct sock_filter` in the byte order of this machine, little endian. */
export function encodeClassic(program: readonly ClassicInstruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * INSTRUCTION_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [i, { code, jumpTrue, jumpFalse, k }] of program.entries()) {
    const at = i * INSTRUCTION_BYTES
    view.setUint16(at, code, true)
    view.setUint8(at + 2, jumpTrue)
    view.setUint8(at + 3, jumpFalse)
    view.setUint32(at + 4, k, true)
  }
  return bytes
}
