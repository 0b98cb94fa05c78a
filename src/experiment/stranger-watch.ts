import type { Group } from '../group/group.js'
import { describeOwners } from '../host/socket-owner.js'
import { addon } from '../native.js'
import type { StrangerRecording } from '../recording/stranger-recording.js'
import type { Clock } from './testbed.js'

/**
 * How often the port is looked at, ms, and how much of a CPU that may take: a look costs the more, the more sockets the
 * host has (50 µs of a quiet one, 0.6 ms beside 10,000).
 */
const LOOK_EVERY_MS = 50
const MOST_SHARE = 0.01

/** Looks for sockets of others on the group's port, and for what they took, while a phase is measured. */
export class StrangerWatch {
  readonly #found = new Map<number, StrangerRecording>()
  /** drops of those that were there when the watch began */
  readonly #before = new Map<number, number>()
  #looked = false
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly group: Group,
    readonly clock: Pick<Clock, 'nowNs'>,
  ) {}

  /** Sockets that were found so far, as they were last seen. */
  get found(): StrangerRecording[] {
    return [...this.#found.values()]
  }

  start(): void {
    const tookMs = this.look()
    this.#timer = setTimeout(() => this.start(), Math.max(LOOK_EVERY_MS, tookMs / MOST_SHARE))
  }

  /** @returns CPU time that looking took, ms; without that of finding out whose a new one is */
  look(): number {
    const startedNs = addon.threadCpuNs()
    const sockets = this.group.strangers()
    const tookMs = (addon.threadCpuNs() - startedNs) / 1e6
    const nowNs = this.clock.nowNs()
    const owners = describeOwners(sockets.filter(({ inode }) => !this.#found.has(inode)))
    for (const socket of sockets) {
      const { inode, queuedBytes } = socket
      if (!this.#looked) this.#before.set(inode, socket.drops)
      const { owner, firstSeenNs } = this.#found.get(inode) ?? {
        owner: owners.get(inode)!,
        firstSeenNs: nowNs,
      }
      const drops = socket.drops - (this.#before.get(inode) ?? 0)
      this.#found.set(inode, { owner, firstSeenNs, lastSeenNs: nowNs, drops, queuedBytes })
    }
    this.#looked = true
    return tookMs
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
