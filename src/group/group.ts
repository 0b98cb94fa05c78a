import type { Life } from '../kernel/group-array.js'
import type { GroupReading, GroupRecording } from '../recording/group-recording.js'
import type { Server, TaskState } from '../recording/silence.js'
import type { Leave } from '../plan/leave.js'

/** Told what ended a member, by its place in `lives`, or the front. */
export type OnDeath = (who: number | 'front', why: string) => void

/** One life of a member, from its start to its end. */
export interface GroupLife extends Life {
  /** it was told to go, or is gone */
  readonly leaving: boolean
}

/** A socket of somebody else on the group's port: one that is there, or was closed since it was last asked for them. */
export interface Stranger {
  /** by which it is known again */
  key: number
  /** bytes in its queue */
  queuedBytes: number
  /** whose it is, and what the kernel dropped at it since it was opened; of one that was closed nobody can tell */
  open?: { inode: number; uid: number; drops: number }
}

/** A sign of life of one that is to serve, or the lack of it. */
export interface Pulse extends Server {
  /** the place of the life in `lives`, or the front */
  who: number | 'front'
  /** grows as long as it serves, also where nothing comes to it */
  progress: number
  /** the longest that it may work for one request, ns: meanwhile `progress` does not grow */
  longestServiceNs: number
  /** what it does now; undefined where it has ended */
  state: () => TaskState | undefined
}

/** What can be changed in a group; a life is named by its place in `lives`. */
export interface GroupChanges {
  /**
   * Adds a member.
   * @param signal gives the newcomer up before it is a member
   * @returns its life, and from when on it could get a datagram
   * @throws RpbenchError when it does not come to serve: the group is as it was then, and nothing of it is left
   */
  join(life: Life, signal: AbortSignal): Promise<{ life: number; atNs: number }>
  /** Lets a member answer what it has queued and go. @returns when it left the group */
  leave(life: number, how: Leave): Promise<number>
  /** Kills a member, with what it has queued. @returns when it had ended */
  kill(life: number): Promise<number>
  /** Has a member stand still, keeping its socket, and waits until it does. */
  stall(life: number): Promise<void>
  /** Lets a stalled member go on. */
  resume(life: number): void
}

/**
 * What an experiment needs of a group, whoever runs it. Times are ns since the session's epoch, and a life is named by
 * its place in `lives`.
 */
export interface Group {
  readonly port: number
  /** what its members answer the requests of, where that is not for the session to say */
  readonly runId?: bigint
  /** of members, in the order in which they began */
  readonly lives: readonly GroupLife[]
  /** whether a member or the front has ended that was not told to */
  readonly wounded: boolean
  /** Calls back when a member or the front ends that was not told to; at once for those that already did. */
  onDeath(callback: OnDeath): void
  /** Signs of life of the members that are to serve, and of the front; it costs them nothing. */
  pulses(): readonly Pulse[]
  /** Whether nothing waits for a member. */
  isEmpty(): Promise<boolean>
  /**
   * Waits until all that was sent before is either answered or dropped.
   * @returns false when that took longer than `boundMs`
   */
  untilEmpty(boundMs: number): Promise<boolean>
  /** What the kernel has dropped at its members' sockets since they were opened; it asks no member. */
  droppedAtMembers(): number
  /** Sockets of others on its port that get a part of what is sent to the group. */
  strangers(): readonly Stranger[]
  /** Whether it hears of those that come and go between two calls. */
  readonly hearsOfClosings: boolean
  /** Reads where everything stands as the measured phase begins. */
  begin(): Promise<void>
  /**
   * Where the counters stand in the measured phase; it asks nobody.
   * @param look whether to look at the sockets from outside for what they dropped; else that is as it was last seen
   */
  reading(look: boolean): GroupReading
  /** The phase is over, and nothing is under way any more: reads everything again, and stops the group. */
  finish(): Promise<GroupRecording>
  /** The kernel's hash of each flow, u32, undefined for those that sent nothing; undefined where it is not observed. */
  hashesOf(flows: Iterable<{ address: string; port: number }>): (number | undefined)[] | undefined
  /** Ends all that it runs. Safe to call twice. */
  stop(): Promise<void>
}

/** A group of ours: it can be changed. */
export interface ChangeableGroup extends Group, GroupChanges {}

export function isChangeable(group: Group): group is ChangeableGroup {
  return 'join' in group
}
