import type { Group, Stranger } from '../group/group.js'
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

/** Whose a socket was that closed before it was looked at. */
const NOBODY_KNOWN = 'a process that left before it could be named'

/** Looks for sockets of others on the group's port, and for what they took, while a phase is measured. */
export class StrangerWatch {
  /** by the key of the socket */
  readonly #found = new Map<number, StrangerRecording>()
  /** drops of those that were there when the watch began */
  readonly #before = new Map<number, number>()
  #looked = false
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly group: Group,
    readonly clock: Pick<Clock, 'nowNs'>,
  ) {}

  /** Who was found so far, with their sockets as they were last seen. */
  get found(): StrangerRecording[] {
    return byOwner([...this.#found.values()])
  }

  start(): void {
    const tookMs = this.look()
    this.#timer = setTimeout(() => this.start(), Math.max(LOOK_EVERY_MS, tookMs / MOST_SHARE))
  }

  /** @returns CPU time that looking took, ms; without that of finding out whose a new one is */
  look(): number {
    // Where it cannot be read any more, looking seems to take nothing; who counts it as a figure finds out.
    const startedNs = addon.threadCpuNs()
    const sockets = this.group.strangers()
    const tookMs = (addon.threadCpuNs() - startedNs) / 1e6
    const nowNs = this.clock.nowNs()
    const owners = describeOwners(
      sockets.flatMap(({ key, open }) => (open && !this.#found.has(key) ? [open] : [])),
    )
    for (const socket of sockets) this.#note(socket, owners, nowNs)
    this.#looked = true
    return tookMs
  }

  #note({ key, queuedBytes, open }: Stranger, owners: ReadonlyMap<number, string>, nowNs: number): void {
    if (open && !this.#looked) this.#before.set(key, open.drops)
    const known = this.#found.get(key)
    this.#found.set(key, {
      owner: known?.owner ?? (open ? owners.get(open.inode)! : NOBODY_KNOWN),
      sockets: 1,
      firstSeenNs: known?.firstSeenNs ?? nowNs,
      lastSeenNs: nowNs,
      drops: open ? open.drops - (this.#before.get(key) ?? 0) : (known?.drops ?? 0),
      queuedBytes,
    })
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

/** The sockets of each owner as one, in the order in which they were first seen. */
function byOwner(sockets: readonly StrangerRecording[]): StrangerRecording[] {
  const owners = new Map<string, StrangerRecording>()
  for (const socket of sockets) {
    const others = owners.get(socket.owner)
    owners.set(
      socket.owner,
      others === undefined
        ? socket
        : {
            owner: socket.owner,
            sockets: others.sockets + 1,
            firstSeenNs: Math.min(others.firstSeenNs, socket.firstSeenNs),
            lastSeenNs: Math.max(others.lastSeenNs, socket.lastSeenNs),
            drops: others.drops + socket.drops,
            queuedBytes: others.queuedBytes + socket.queuedBytes,
          },
    )
  }
  return [...owners.values()]
}
