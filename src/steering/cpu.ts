import { loadCpu, modulo, returnA, type ClassicInstruction } from './cbpf.js'

/** Position c mod `mostMembers` for a datagram that CPU c handles: with as many members as CPUs, one each. */
export function cpuProgram(mostMembers: number): ClassicInstruction[] {
  return [loadCpu(), modulo(mostMembers), returnA()]
}
