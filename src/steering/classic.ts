import { addon, checked } from '../native.js'
import { encodeClassic, type ClassicInstruction } from './cbpf.js'
import type { Steering } from './steering.js'

/**
 * Steering by a classic program, which every user may attach. It names a position in the kernel's array, not a life,
 * and is made for `mostMembers` positions: what would go to a position that is not there goes by the hash. So members
 * may come and go, and the program need not be replaced.
 */
export class ClassicSteering implements Steering {
  readonly #program: Uint8Array

  constructor(program: readonly ClassicInstruction[]) {
    this.#program = encodeClassic(program)
  }

  attach([first]: readonly number[]): void {
    if (first !== undefined)
      checked(addon.attachClassic(first, this.#program), 'setsockopt SO_ATTACH_REUSEPORT_CBPF')
  }

  memberAdded(): void {}
  memberRemoved(): void {}
  close(): void {}
}
