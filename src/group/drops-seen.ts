import type { UdpSocket } from '../host/udp-table.js'

/**
 * Drops at the sockets of members, or of a front, as they were last seen from outside, in the kernel's table. Each counts its
 * own as long as it runs; of one that is killed, or stands still until then, this is all that there is.
 */
export class DropsSeen {
  readonly #bySeat = new Map<number, number>()

  /** @param inodes of the members' sockets, by number of its life */
  note(sockets: readonly UdpSocket[], inodes: readonly number[]): void {
    for (const { inode, drops } of sockets) {
      const lifeNumber = inodes.indexOf(inode)
      if (lifeNumber >= 0) this.#bySeat.set(lifeNumber, drops)
    }
  }

  /** A life's counters, with what was seen where that is later than what the member said. */
  added<C extends { drops: number }>(lifeNumber: number, counters: C): C {
    return { ...counters, drops: Math.max(counters.drops, this.#bySeat.get(lifeNumber) ?? 0) }
  }
}
