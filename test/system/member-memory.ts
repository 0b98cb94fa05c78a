import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { BLOCK_BYTES, GroupCounters } from '../../src/group/counters.js'

/**
 * The memory into which the members of a group count, taken from one of the member processes and not from the
 * parent that reports it. It can be read for as long as it is held, also when all of them have ended.
 */
export class MemberMemory {
  readonly #fd: number

  private constructor(path: string) {
    this.#fd = openSync(path, 'r')
  }

  /** Opens the memory of a member process; undefined while it has none. */
  static of(pid: number): MemberMemory | undefined {
    try {
      const directory = `/proc/${pid}/fd`
      const name = readdirSync(directory).find((fd) =>
        readlinkSync(`${directory}/${fd}`).startsWith('/memfd:rpbench'),
      )
      return name === undefined ? undefined : new MemberMemory(`${directory}/${name}`)
    } catch {
      return undefined // it is just starting, or has just ended
    }
  }

  /** A copy of the counters of the first `members` members as they stand now. */
  read(members: number): GroupCounters {
    const copy = new Uint8Array(new ArrayBuffer(BLOCK_BYTES * members))
    readSync(this.#fd, copy, 0, copy.length, 0)
    return new GroupCounters(copy.buffer, members)
  }

  close(): void {
    closeSync(this.#fd)
  }
}
