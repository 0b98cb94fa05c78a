import { Closings } from '../host/udp-diag.js'
import { boundSockets, type BoundSocket } from './bound-sockets.js'
import { familiesBeside, takesFrom } from '../host/udp-table.js'
import { DropsSeen } from './drops-seen.js'
import type { Stranger } from './group.js'
import type { GroupSockets } from './sockets.js'

/** Who reads the group's own sockets on the port: members one each, a front for them, or members one together. */
export type Readers = 'members' | 'front' | 'all'

/** What the kernel tells of the sockets on a group's port, seen from outside. */
export class GroupPort {
  /** at members' own sockets, by number of the life */
  readonly dropsOfMembers = new DropsSeen()
  /** at the front's socket, as its life 0 */
  readonly dropsOfFront = new DropsSeen()
  /** of the group's sockets, past and present */
  readonly #ownCookies = new Set<number>()
  /** of listeners, by inode */
  readonly #acceptQueues = new Map<number, number>()
  #closings: Closings | undefined

  /** @param sockets the group's own; their inodes grow with it */
  constructor(
    readonly sockets: GroupSockets,
    readonly readers: Readers,
  ) {}

  /** Hears of sockets that are closed from now on, where the kernel lets it. */
  listen(): void {
    if (this.sockets.protocol !== 'tcp') this.#closings ??= Closings.listen(this.sockets.port)
    this.look()
  }

  /** Whether it does. Of TCP the kernel would tell of every connection: what closes between two looks there is not heard of. */
  get hearsOfClosings(): boolean {
    return this.#closings !== undefined || this.sockets.protocol === 'tcp'
  }

  /** Reads the kernel's table of sockets on the port, and notes the drops at the group's own. */
  look(): BoundSocket[] {
    const { port, inodes } = this.sockets
    const sockets = boundSockets(port, this.sockets, familiesBeside(this.sockets))
    if (this.sockets.protocol === 'tcp') this.#noteQueues(sockets)
    else if (this.readers === 'members') this.dropsOfMembers.note(sockets, inodes)
    else if (this.readers === 'front') this.dropsOfFront.note(sockets, inodes)
    for (const { inode, cookie } of sockets)
      if (cookie !== undefined && inodes.includes(inode)) this.#ownCookies.add(cookie)
    return sockets
  }

  #noteQueues(sockets: readonly BoundSocket[]): void {
    for (const { inode, acceptQueue = 0 } of sockets) this.#acceptQueues.set(inode, acceptQueue)
  }

  /** How many connections waited at a listener of the group when it was last looked at. */
  acceptQueueOf(lifeNumber: number): number {
    return this.#acceptQueues.get(this.sockets.inodes[lifeNumber] ?? 0) ?? 0
  }

  /** Sockets of others on this port that get a part of what is sent to the group, or did since the last call. */
  strangers(): Stranger[] {
    const { sockets } = this
    // Before the look, which learns of members' sockets: one that was closed since then is heard of at the next.
    const closed = this.#closings?.take() ?? []
    const there = this.look().filter((s) => !sockets.inodes.includes(s.inode) && takesFrom(s, sockets))
    return [
      ...closed
        .filter((s) => !this.#ownCookies.has(s.cookie) && takesFrom(s, sockets))
        .map(({ cookie, queuedBytes }) => ({ key: cookie, queuedBytes })),
      ...there.map(({ cookie, inode, uid, drops, queuedBytes }) => ({
        key: cookie ?? inode,
        queuedBytes,
        open: { inode, uid, drops },
      })),
    ]
  }

  close(): void {
    this.#closings?.close()
  }
}
