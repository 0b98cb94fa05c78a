import { loadRandom, modulo, returnA, type ClassicInstruction } from './cbpf.js'

/** Draws one of `mostMembers` positions for each datagram. */
export function randomProgram(mostMembers: number): ClassicInstruction[] {
  return [loadRandom(), modulo(mostMembers), returnA()]
}
