import { dropsOf, tabledSockets, type UdpSocket } from '../host/udp-table.js'
import { FAMILIES } from '../units/addresses.js'
import { readThreadTime, threadTimeBetween } from '../host/thread-time.js'
import type { FrontCounters, MemberCounters } from '../recording/counters.js'
import type { FrontRecording, GroupReading, GroupRecording } from '../recording/group-recording.js'
import type { ThreadTime } from '../recording/thread-time.js'
import { residentBytesOf } from './lives.js'
import type { OwnGroup } from './own-group.js'

/** Reads what a group did from the beginning of a measured phase to its end. */
export class GroupRecorder {
  private constructor(
    readonly group: OwnGroup,
    readonly before: readonly MemberCounters[],
    readonly frontBefore: FrontCounters | undefined,
    readonly threadsBefore: readonly (ThreadTime | undefined)[],
    readonly beganNs: number,
  ) {}

  /** Reads where everything stands as the phase begins. */
  static async begin(group: OwnGroup): Promise<GroupRecorder> {
    const before = await group.snapshot()
    return new GroupRecorder(group, before, group.readFront(), threadTimes(group), group.nowNs())
  }

  /**
   * Where everything stands now, as far as it is known without asking.
   * @param seen sockets on the port, as the kernel listed them just now
   */
  read(seen: readonly UdpSocket[]): GroupReading {
    const { group, before, frontBefore } = this
    const front = group.readFront()
    // Where all members read one socket, each tells of that; a front counts what it could not hand on.
    const one = front || group.sockets.inodes.length > 1 ? undefined : group.sockets.inodes[0]
    const drops = seen.find(({ inode }) => inode === one)?.drops ?? 0
    return {
      lives: group.read(group.living()).flatMap((after, lifeNumber) => {
        const { member, generation, joining, leaving } = group.lives[lifeNumber]!
        if (joining) return []
        return {
          member,
          generation,
          ...(before[lifeNumber] && { before: before[lifeNumber] }),
          after: { ...after, drops: Math.max(after.drops, drops) },
          gone: leaving,
          present: !leaving,
        }
      }),
      ...(front && frontBefore && { front: { before: frontBefore, after: front } }),
    }
  }

  /**
   * The phase is over, and nothing is under way any more: reads everything again.
   * @param end stops the group, or ends what it serves; counts are complete after it
   */
  async finish(end: () => Promise<void>): Promise<GroupRecording> {
    const { group, before } = this
    const threads = threadTimes(group).map((after, lifeNumber) =>
      threadTimeBetween(this.threadsBefore[lifeNumber], after),
    )
    const watchedNs = group.nowNs() - this.beganNs
    // What was dropped at members that cannot say it themselves.
    group.lookAtPort()
    const procNetUdpDrops = dropsOf(
      FAMILIES.flatMap((family) => tabledSockets(group.sockets.port, family)),
      group.openInodes(),
    )
    const gone = group.lives.map(({ leaving }) => leaving)
    const residentBytes = memoryOfLives(group)
    const frontResidentBytes = memoryOfFront(group)
    await end()
    const front = this.#front(frontResidentBytes)
    return {
      port: group.sockets.port,
      lives: group.read().flatMap((after, lifeNumber) => {
        const { member, generation, host, joining, cutOff } = group.lives[lifeNumber]!
        if (joining) return []
        const died = group.deaths.get(lifeNumber)
        return {
          member,
          generation,
          pid: host.pid,
          ...(before[lifeNumber] && { before: before[lifeNumber] }),
          after,
          ...(threads[lifeNumber] && { threadTime: threads[lifeNumber] }),
          ...(residentBytes[lifeNumber] !== undefined && { residentBytes: residentBytes[lifeNumber] }),
          ...(died !== undefined && { died }),
          gone: gone[lifeNumber]!,
          ...(cutOff && { cutOff }),
        }
      }),
      ...(front && { front }),
      watchedNs,
      ...(procNetUdpDrops !== undefined && { procNetUdpDrops }),
      ...(group.leftBehind.length > 0 && { leftBehind: group.leftBehind }),
    }
  }

  #front(residentBytes: number | undefined): FrontRecording | undefined {
    const { group, frontBefore } = this
    const after = group.readFront()
    return (
      group.front &&
      frontBefore &&
      after && {
        pid: group.front.host.pid,
        before: frontBefore,
        after,
        ...(residentBytes !== undefined && { residentBytes }),
        ...(group.front.died !== undefined && { died: group.front.died }),
        ...(!group.front.stopped && { uncounted: true }),
      }
    )
  }
}

/** Resident memory of each life's process, bytes; absent for threads and for those that ended. */
function memoryOfLives({ lives, options }: OwnGroup): (number | undefined)[] {
  return lives.map(({ host, leaving }) =>
    options.server === 'threads' || leaving ? undefined : residentBytesOf(host.pid),
  )
}

/** Resident memory of the front's process, bytes; absent where there is none. */
function memoryOfFront({ front, options }: OwnGroup): number | undefined {
  return front === undefined || options.server === 'threads' || front.gone()
    ? undefined
    : residentBytesOf(front.host.pid)
}

/** What the scheduler gave each member's serving thread so far; absent for those that are gone. */
function threadTimes(group: OwnGroup): (ThreadTime | undefined)[] {
  return group.lives.map(({ host, leaving }, lifeNumber) =>
    leaving ? undefined : readThreadTime(host.pid, group.counters.read(lifeNumber).threadId),
  )
}
