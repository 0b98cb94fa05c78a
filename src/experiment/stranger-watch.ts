import type { Group } from '../group/group.js'
import { describeOwner } from '../host/socket-owner.js'

/** Looks for sockets of others on the group's port now and then, as often as costs next to nothing. */
export class StrangerWatch {
  readonly found = new Map<number, string>()
  #timer: NodeJS.Timeout | undefined

  constructor(readonly group: Group) {}

  /** Reading the table walks every UDP socket of the host: wait so long that it takes 0.2 % of the time at most. */
  start(): void {
    const tookMs = this.look()
    this.#timer = setTimeout(() => this.start(), Math.max(500, tookMs * 500))
  }

  look(): number {
    const started = performance.now()
    for (const socket of this.group.strangers())
      if (!this.found.has(socket.inode)) this.found.set(socket.inode, describeOwner(socket))
    return performance.now() - started
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
