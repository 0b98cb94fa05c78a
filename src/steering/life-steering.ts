import { attachProgram, BpfScope, PROGRAM_SK_REUSEPORT } from './bpf.js'
import type { Program } from './ebpf.js'
import { LifeSockets } from './life-sockets.js'
import type { Steering } from './steering.js'

export interface PlacedLife {
  lifeNumber: number
  member: number
}

/** What a program reads to find a life, kept as members come and go. */
export interface LifeDirectory {
  joined(newcomers: readonly PlacedLife[]): void
  left(lifeNumber: number): void
}

/** A program and what it reads, over the map that it selects sockets from. */
export type LifeProgram = (
  scope: BpfScope,
  socketsFd: number,
) => { program: Program; directory: LifeDirectory }

/**
 * Steering by an SK_REUSEPORT program that selects by number of its life (needs eBPF). Where nobody is on the life's number that it chose,
 * the hash decides.
 */
export class LifeSteering implements Steering {
  readonly #scope: BpfScope
  readonly #sockets: LifeSockets
  readonly #directory: LifeDirectory
  readonly #programFd: number

  /**
   * @param purpose what it is for, as the user knows it
   * @param lives how many there will be in all
   * @throws RpbenchError RPB_STEERING where eBPF may not be loaded
   */
  constructor(purpose: string, lives: number, open: LifeProgram) {
    this.#scope = new BpfScope(purpose)
    try {
      this.#sockets = new LifeSockets(this.#scope, lives)
      const { program, directory } = open(this.#scope, this.#sockets.fd)
      this.#directory = directory
      this.#programFd = this.#scope.load(PROGRAM_SK_REUSEPORT, program)
    } catch (error) {
      this.#scope.close()
      throw error
    }
  }

  attach(fds: readonly number[]): void {
    const [first] = fds
    if (first === undefined) return
    fds.forEach((fd, lifeNumber) => this.#sockets.put(lifeNumber, fd))
    this.#directory.joined(fds.map((_, lifeNumber) => ({ lifeNumber, member: lifeNumber })))
    attachProgram(first, this.#programFd)
  }

  memberAdded(lifeNumber: number, member: number, fd: number): void {
    this.#sockets.put(lifeNumber, fd)
    this.#directory.joined([{ lifeNumber, member }])
  }

  memberRemoved(lifeNumber: number): void {
    // In this order, so that its flows never find the life's number empty.
    this.#directory.left(lifeNumber)
    this.#sockets.empty(lifeNumber)
  }

  close(): void {
    this.#scope.close()
  }
}
