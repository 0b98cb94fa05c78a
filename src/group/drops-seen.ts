import type { UdpSocket } from '../host/udp-table.js'
import type { MemberCounters } from '../recording/counters.js'

/**
 * Drops at members' sockets, as they were last seen from outside, in the kernel's table. A member counts its own as long
 * as it runs; of one that is killed, or stands still until then, this is all that there is.
 */
export class DropsSeen {
  readonly #bySeat = new Map<number, number>()

  /** @param inodes of the members' sockets, by seat */
  note(sockets: readonly UdpSocket[], inodes: readonly number[]): void {
    for (const { inode, drops } of sockets) {
      const seat = inodes.indexOf(inode)
      if (seat >= 0) this.#bySeat.set(seat, drops)
    }
  }

  /** A seat's counters, with what was seen where that is later than what the member said. */
  added(seat: number, counters: MemberCounters): MemberCounters {
    return { ...counters, drops: Math.max(counters.drops, this.#bySeat.get(seat) ?? 0) }
  }
}
