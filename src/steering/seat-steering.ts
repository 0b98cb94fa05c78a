import { attachProgram, BpfScope, PROGRAM_SK_REUSEPORT } from './bpf.js'
import type { Program } from './ebpf.js'
import { SeatSockets } from './seat-sockets.js'
import type { Steering } from './steering.js'

export interface SeatedMember {
  seat: number
  member: number
}

/** What a program reads to find a seat, kept as members come and go. */
export interface SeatDirectory {
  joined(newcomers: readonly SeatedMember[]): void
  left(seat: number): void
}

/** A program and what it reads, over the map that it selects sockets from. */
export type SeatProgram = (
  scope: BpfScope,
  socketsFd: number,
) => { program: Program; directory: SeatDirectory }

/**
 * Steering by an SK_REUSEPORT program that selects by seat (needs eBPF). Where nobody is on the seat that it chose,
 * the hash decides.
 */
export class SeatSteering implements Steering {
  readonly #scope: BpfScope
  readonly #sockets: SeatSockets
  readonly #directory: SeatDirectory
  readonly #programFd: number

  /**
   * @param purpose what it is for, as the user knows it
   * @param seats how many there will be in all
   * @throws RpbenchError RPB_STEERING where eBPF may not be loaded
   */
  constructor(purpose: string, seats: number, open: SeatProgram) {
    this.#scope = new BpfScope(purpose)
    try {
      this.#sockets = new SeatSockets(this.#scope, seats)
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
    fds.forEach((fd, seat) => this.#sockets.put(seat, fd))
    this.#directory.joined(fds.map((_, seat) => ({ seat, member: seat })))
    attachProgram(first, this.#programFd)
  }

  memberAdded(seat: number, member: number, fd: number): void {
    this.#sockets.put(seat, fd)
    this.#directory.joined([{ seat, member }])
  }

  memberRemoved(seat: number): void {
    // In this order, so that its flows never find the seat empty.
    this.#directory.left(seat)
    this.#sockets.empty(seat)
  }

  close(): void {
    this.#scope.close()
  }
}
