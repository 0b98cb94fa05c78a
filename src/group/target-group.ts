import { setTimeout as delay } from 'node:timers/promises'
import type {
  GroupReading,
  GroupRecording,
  SeenSocket,
  UnknownMembers,
} from '../recording/group-recording.js'
import type { Counts, HeldSocket, LevelRefusal, ObserverCost, Taker } from '../recording/observation.js'
import type { SocketReadersReading } from '../recording/watched-group.js'
import type { Endpoint } from '../units/addresses.js'
import type { Group, GroupLife, Pulse, Stranger } from './group.js'
import { TargetReaders } from './target-readers.js'
import { TargetSockets } from './target-sockets.js'

const LOOK_EVERY_MS = 5

/** Counts what comes to sockets of somebody else, where this user may. */
export interface SocketCounting {
  /** why it does not */
  readonly refusals: readonly LevelRefusal[]
  /** They are these now. */
  follow(sockets: readonly HeldSocket[]): void
  /** since it began; undefined where it does not */
  counts(): Counts | undefined
  /** Which threads took from them so far; undefined where that is not seen. */
  takers(): Taker[] | undefined
  /** Leaves nothing on them. */
  close(): ObserverCost
}

/** A server that is not ours, and tells nothing of itself: what of it this host's kernel shows to any user. */
export class TargetGroup implements Group {
  readonly lives: readonly GroupLife[] = []
  readonly wounded = false
  /** Its port is its own: nobody there is a stranger. */
  readonly hearsOfClosings = true
  readonly #sockets: TargetSockets | undefined
  #beganNs = 0
  #counting: SocketCounting | undefined
  readonly #readers = new TargetReaders()

  /**
   * @param protocol whose port it is
   * @param seen whether its sockets can be seen: on this host, in this namespace
   * @param nowNs ns since the session's epoch
   * @param count begins to count at sockets
   */
  constructor(
    readonly target: Endpoint,
    protocol: 'udp' | 'tcp',
    seen: boolean,
    readonly nowNs: () => number,
    readonly count: (sockets: readonly HeldSocket[]) => SocketCounting,
  ) {
    if (seen) this.#sockets = new TargetSockets(target, protocol)
  }

  get port(): number {
    return this.target.port
  }

  onDeath(): void {}

  pulses(): readonly Pulse[] {
    return []
  }

  /** Inodes of its sockets now; undefined where they cannot be seen. */
  inodes(): readonly number[] | undefined {
    this.#sockets?.look()
    return this.#sockets?.inodes
  }

  /** A server that others ask too may never be. */
  async isEmpty(): Promise<boolean> {
    this.#sockets?.look()
    return this.#sockets?.empty ?? true
  }

  async untilEmpty(boundMs: number): Promise<boolean> {
    const untilMs = performance.now() + boundMs
    while (!(await this.isEmpty())) {
      if (performance.now() >= untilMs) return false
      await delay(LOOK_EVERY_MS)
    }
    return true
  }

  #note(): void {
    if (this.#sockets?.note()) this.#counting?.follow(this.#sockets.held())
  }

  droppedAtMembers(): number {
    this.#note()
    return this.#sockets?.drops ?? 0
  }

  /** Nobody there is one; who asks for them all the time has newcomers among its sockets counted soon after they opened. */
  strangers(): readonly Stranger[] {
    this.#note()
    return []
  }

  async begin(): Promise<void> {
    const sockets = this.#sockets
    if (sockets) {
      sockets.begin()
      // Nothing is under way now: what is counted is of the measured phase.
      const held = sockets.held()
      if (held.length > 0) this.#counting = this.count(held)
      this.#readers.look(held)
    }
    this.#beganNs = this.nowNs()
  }

  reading(look: boolean): GroupReading {
    const sockets = this.#sockets
    if (look) this.#note()
    const drops = sockets?.drops
    return { lives: [], unknown: { ...(drops !== undefined && { drops }) } }
  }

  /**
   * Who reads each of its sockets now, and took since; undefined where they cannot be seen.
   * @param since who had taken by then
   */
  readersNow(since?: readonly Taker[]): readonly SocketReadersReading[] | undefined {
    if (!this.#sockets) return undefined
    this.#sockets.look()
    return this.#readers.now(this.#sockets.held(), this.takers(), since)
  }

  /** Which threads took from its sockets in the measured phase so far; undefined where that is not seen. */
  takers(): Taker[] | undefined {
    return this.#counting?.takers()
  }

  async finish(): Promise<GroupRecording> {
    this.#note()
    const sockets = this.#read()
    const counted = this.#counted()
    const cost = this.#counting?.close()
    return {
      port: this.port,
      lives: [],
      unknown: { ...(sockets && { sockets }), ...counted, ...(cost && { cost }) },
      watchedNs: this.nowNs() - this.#beganNs,
    }
  }

  /** Its sockets, and who was seen to read them. */
  #read(): SeenSocket[] | undefined {
    if (!this.#sockets) return undefined
    this.#readers.look(this.#sockets.held())
    const takers = this.takers()
    return this.#sockets.all.map((socket) => {
      const readers = this.#readers.of(socket.inode, takers)
      return { ...socket, ...(readers && { readers }) }
    })
  }

  hashesOf(): undefined {
    return undefined
  }

  /** What came to its sockets in the measured phase so far; undefined where that is not counted. */
  counts(): Counts | undefined {
    return this.#counting?.counts()
  }

  #counted(): Pick<UnknownMembers, 'counts' | 'uncounted'> {
    const counts = this.counts()
    if (counts) return { counts }
    const [uncounted] = this.#counting?.refusals ?? []
    return uncounted ? { uncounted } : {}
  }

  async stop(): Promise<void> {
    this.#counting?.close()
  }
}
