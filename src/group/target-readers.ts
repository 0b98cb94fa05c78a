import { SocketReaders } from '../host/socket-readers.js'
import type { HeldSocket, Taker } from '../recording/observation.js'
import type { ReadersReading, SocketReadersReading } from '../recording/watched-group.js'

const callsOf = ({ taken, inVain }: Taker): number => taken + inVain
const keyOf = ({ cookie, threadId }: Taker): string => `${cookie} ${threadId}`

/** Who reads the sockets of a server that is not ours, as far as this user may see. */
export class TargetReaders {
  readonly #readers = new SocketReaders()
  readonly #cookies = new Map<number, number | undefined>()
  readonly #known = new Set<number>()

  /** Looks at those that hold the sockets now. */
  look(held: readonly HeldSocket[]): void {
    this.#readers.look(new Map(held.map(({ inode, holders }) => [inode, holders])))
    for (const { inode, cookie, holders } of held) {
      this.#cookies.set(inode, cookie)
      if (holders.length > 0) this.#known.add(inode)
    }
  }

  /**
   * Who was seen so far to read a socket.
   * @param takers who was seen to take; undefined where nothing looks for them
   */
  of(inode: number, takers?: readonly Taker[]): ReadersReading | undefined {
    const cookie = this.#cookies.get(inode)
    const own = cookie === undefined ? undefined : takers?.filter((taker) => taker.cookie === cookie)
    if (!this.#known.has(inode) && (own ?? []).length === 0) return undefined
    return this.#readers.of(inode, own)
  }

  /**
   * Who reads these sockets now: threads that were seen to wait for them and are still there, and those that took since.
   * @param since who had taken by then, and how often
   */
  now(
    held: readonly HeldSocket[],
    takers: readonly Taker[] | undefined,
    since: readonly Taker[] = [],
  ): SocketReadersReading[] {
    const before = new Map(since.map((taker) => [keyOf(taker), callsOf(taker)]))
    const fresh = takers?.filter((taker) => callsOf(taker) > (before.get(keyOf(taker)) ?? 0))
    this.look(held)
    return held.map(({ inode }) => {
      const readers = this.of(inode, fresh)
      return { inode, ...(readers && { readers }) }
    })
  }
}
