import type { Counts, HeldSocket, Taker } from '../../recording/observation.js'
import type {
  HolderReading,
  ReadersReading,
  SocketReading,
  WatchedInterval,
  WatchedMember,
} from '../../recording/watched-group.js'

/** Members that came or went between two looks. */
export type Came = 'none' | 'some'

/** What is kept of a member from look to look. */
interface Seen extends WatchedMember {
  /** most in its queue since the last interval ended, and its drops and packets then */
  intervalMost: number
  intervalDrops?: number
  intervalPackets: number
}

const keyOf = ({ cookie, inode }: SocketReading): string =>
  cookie === undefined ? `i${inode}` : `c${cookie}`

/** Puts looks at the sockets of a group together: who came and went, what was queued and dropped, in all and since the last interval. */
export class MembersSeen {
  readonly #members: Seen[] = []
  readonly #byKey = new Map<string, Seen>()
  #looked = false
  #intervalFromNs = 0

  /** The members so far, those that are gone too, in the order in which they were first seen. */
  get members(): readonly WatchedMember[] {
    return this.#members.map(
      ({ intervalMost: _most, intervalDrops: _drops, intervalPackets: _packets, ...member }) => member,
    )
  }

  /** Those that are there now. */
  get present(): HeldSocket[] {
    return this.#present().map(({ socket: { cookie, inode }, holders = [] }) => ({
      ...(cookie !== undefined && { cookie }),
      inode,
      holders,
    }))
  }

  /** Who holds the sockets that are there, by inode. */
  get holders(): Map<number, readonly HolderReading[]> {
    return new Map(this.#present().map(({ socket: { inode }, holders = [] }) => [inode, holders]))
  }

  /** Takes what a look showed, the oldest socket first. @returns whether any came or went since the last */
  look(sockets: readonly SocketReading[], nowNs: number): Came {
    let came: Came = 'none'
    const there = new Set(sockets.map(keyOf))
    for (const [key, seen] of this.#byKey)
      if (seen.leftNs === undefined && !there.has(key)) {
        seen.leftNs = nowNs
        came = 'some'
      }
    for (const socket of sockets) {
      const seen = this.#byKey.get(keyOf(socket))
      if (seen === undefined) came = 'some'
      if (seen === undefined) this.#add(socket, nowNs)
      else this.#update(seen, socket)
    }
    this.#looked = true
    return came
  }

  #add(socket: SocketReading, nowNs: number): void {
    const { queued, drops } = socket
    const seen: Seen = {
      socket,
      ...(this.#looked && { joinedNs: nowNs }),
      looks: 1,
      queuedLooks: queued > 0 ? 1 : 0,
      queuedMost: queued,
      queuedFirst: queued,
      queueFell: false,
      // One that came while the others were watched began with none.
      ...(drops !== undefined && {
        dropsFirst: this.#looked ? 0 : drops,
        intervalDrops: this.#looked ? 0 : drops,
      }),
      intervalMost: queued,
      intervalPackets: 0,
    }
    this.#members.push(seen)
    this.#byKey.set(keyOf(socket), seen)
  }

  #update(seen: Seen, socket: SocketReading): void {
    const { queued } = socket
    seen.queueFell ||= queued < seen.socket.queued
    seen.looks++
    if (queued > 0) seen.queuedLooks++
    seen.queuedMost = Math.max(seen.queuedMost, queued)
    seen.intervalMost = Math.max(seen.intervalMost, queued)
    seen.socket = socket
    // It was away for a look: a list that is handed out in pieces may leave one out.
    delete seen.leftNs
  }

  #present(): Seen[] {
    return this.#members.filter(({ leftNs }) => leftNs === undefined)
  }

  /** Who holds the sockets that are there, by inode; one that nobody is known to hold keeps those that it had. */
  held(byInode: ReadonlyMap<number, HolderReading[]>): void {
    for (const seen of this.#present()) {
      const holders = byInode.get(seen.socket.inode)
      if (holders === undefined) continue
      seen.holders = holders
      seen.firstHolders ??= holders.map(({ pid }) => pid)
    }
  }

  /**
   * Who was seen to read each of them.
   * @param takers threads that were seen to take; undefined where nothing looked for them
   * @param counts which tell the cookies of sockets of which /proc alone tells
   */
  readBy(
    readersOf: (inode: number, takers?: readonly Taker[]) => ReadersReading,
    takers?: readonly Taker[],
    counts?: Counts,
  ): void {
    const cookies = new Map(counts?.sockets.map(({ inode, cookie }) => [inode, cookie]))
    for (const seen of this.#members) {
      const { inode, cookie = cookies.get(inode) } = seen.socket
      const own = cookie === undefined ? undefined : takers?.filter((taker) => taker.cookie === cookie)
      if (seen.holders !== undefined || (own !== undefined && own.length > 0))
        seen.readers = readersOf(inode, own)
    }
  }

  /** Ends an interval. */
  endInterval(toNs: number, counts?: Counts): WatchedInterval {
    const fromNs = this.#intervalFromNs
    this.#intervalFromNs = toNs
    const packets = new Map(counts?.sockets.map((counted) => [counted.inode, counted.packets]))
    const members = this.#members.flatMap((seen, index) => {
      if (seen.leftNs !== undefined) return []
      const { queued, drops, inode } = seen.socket
      const counted = packets.get(inode)
      const row = {
        index,
        queued,
        queuedMost: seen.intervalMost,
        ...(drops !== undefined && { drops: drops - (seen.intervalDrops ?? 0) }),
        ...(counted !== undefined && { packets: counted - seen.intervalPackets }),
      }
      seen.intervalMost = queued
      if (drops !== undefined) seen.intervalDrops = drops
      if (counted !== undefined) seen.intervalPackets = counted
      return [row]
    })
    return { fromNs, toNs, members }
  }
}
