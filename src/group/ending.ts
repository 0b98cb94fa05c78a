import { thawCommand } from '../host/freezer.js'
import { readTaskState } from '../host/process-state.js'
import type { LeftBehind, Server } from '../recording/silence.js'
import { killed, type MemberHost } from './member-host.js'

/**
 * Kills servers, and keeps in mind those that cannot be: no signal acts on a process in a frozen cgroup of version 1, nor on
 * one that waits in the kernel for what does not come.
 */
export class Endings {
  readonly leftBehind: LeftBehind[] = []

  /** Kills a server and waits for its end, for a bounded time. */
  async kill(host: MemberHost, server: Omit<Server, 'pid'>, threadId?: number): Promise<void> {
    if (await killed(host)) return
    const state = readTaskState(host.pid, threadId)
    // Only its zombie is left: whatever holds that up, it serves no more.
    if (state === undefined) return
    const thaw = thawCommand(host.pid, threadId)
    this.leftBehind.push({ ...server, pid: host.pid, state, ...(thaw !== undefined && { thaw }) })
  }
}
