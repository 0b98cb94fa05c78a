import { OwnGroup } from '../../src/group/own-group.js'
import { modulo, returnConstant, type ClassicInstruction } from '../../src/steering/cbpf.js'
import { ClassicSteering } from '../../src/steering/classic.js'

const LD_H_ABS = 0x28
const JGE_K = 0x35

/** Offsets from here on are into the network header (SKF_NET_OFF, linux/filter.h). */
const NETWORK_HEADER = 0x1_0000_0000 - 0x10_0000
/** The source port of a UDP datagram behind an IPv4 header without options. */
const SOURCE_PORT = NETWORK_HEADER + 20

const loadHalf = (offset: number): ClassicInstruction => ({
  code: LD_H_ABS,
  jumpTrue: 0,
  jumpFalse: 0,
  k: offset,
})
/** Skips the next instruction when A is at least `k`. */
const skipFrom = (k: number): ClassicInstruction => ({ code: JGE_K, jumpTrue: 1, jumpFalse: 0, k })

/**
 * A classic program for four members that gives the first 31 % of the source ports, and the others 23 % each: as a
 * distribution, Cohen's w = 0.139.
 */
function skewedProgram(): ClassicInstruction[] {
  return [
    loadHalf(SOURCE_PORT),
    modulo(100),
    skipFrom(31),
    returnConstant(0),
    skipFrom(54),
    returnConstant(1),
    skipFrom(77),
    returnConstant(2),
    returnConstant(3),
  ]
}

/** Does what `use` does while each group of four that this process starts is skewed, of which no plan says anything. */
export async function whileGroupsAreSkewed<T>(use: () => Promise<T>): Promise<T> {
  const start = OwnGroup.start.bind(OwnGroup)
  OwnGroup.start = (options, signal) =>
    start({ ...options, steering: new ClassicSteering(skewedProgram()) }, signal)
  try {
    return await use()
  } finally {
    OwnGroup.start = start
  }
}
