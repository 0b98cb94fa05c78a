import { setTimeout as delay } from 'node:timers/promises'
import type { GroupReading, GroupRecording, UnknownMembers } from '../recording/group-recording.js'
import type { Counts, HeldSocket, LevelRefusal } from '../recording/observation.js'
import type { Endpoint } from '../units/addresses.js'
import type { Group, GroupLife, Pulse, Stranger } from './group.js'
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
  /** Leaves nothing on them. */
  close(): unknown
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
    }
    this.#beganNs = this.nowNs()
  }

  reading(look: boolean): GroupReading {
    const sockets = this.#sockets
    if (look) this.#note()
    const drops = sockets?.drops
    return { lives: [], unknown: { ...(drops !== undefined && { drops }) } }
  }

  async finish(): Promise<GroupRecording> {
    const sockets = this.#sockets
    this.#note()
    return {
      port: this.port,
      lives: [],
      unknown: { ...(sockets && { sockets: sockets.all }), ...this.#counted() },
      watchedNs: this.nowNs() - this.#beganNs,
    }
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
