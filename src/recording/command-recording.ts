import type { Counts } from './observation.js'
import type { SocketReadersReading } from './watched-group.js'

/** A command that was run while a server was asked. Times are ns since the session's epoch. */
export interface CommandRecording {
  command: string
  /** when it was meant to be run, ns since the measured phase began */
  dueNs: number
  startedNs: number
  /** absent of one that was ended with the run */
  endedNs?: number
  exitStatus?: number
  /** by which it ended */
  signal?: string
  /** why it could not be started */
  failure?: string
  /** the beginning of what it printed, of both streams */
  output: string
  /** inodes of the sockets on the target's port when it was started, and before the next one or the end; absent where they cannot be seen */
  sockets?: { before: readonly number[]; after: readonly number[] }
  /** who read these sockets then; absent likewise */
  readers?: { before: readonly SocketReadersReading[]; after: readonly SocketReadersReading[] }
  /** what had come to its sockets when it was started; absent where that is not counted */
  counts?: Counts
}
