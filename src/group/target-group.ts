import { setTimeout as delay } from 'node:timers/promises'
import type { GroupReading, GroupRecording } from '../recording/group-recording.js'
import type { Endpoint } from '../units/addresses.js'
import type { Group, GroupLife, Pulse, Stranger } from './group.js'
import { TargetSockets } from './target-sockets.js'

const LOOK_EVERY_MS = 5

/** A server that is not ours, and tells nothing of itself: what of it this host's kernel shows to any user. */
export class TargetGroup implements Group {
  readonly lives: readonly GroupLife[] = []
  readonly wounded = false
  /** Its port is its own: nobody there is a stranger. */
  readonly hearsOfClosings = true
  readonly #sockets: TargetSockets | undefined
  #beganNs = 0

  /**
   * @param seen whether its sockets can be seen: on this host, in this namespace
   * @param nowNs ns since the session's epoch
   */
  constructor(
    readonly target: Endpoint,
    seen: boolean,
    readonly nowNs: () => number,
  ) {
    if (seen) this.#sockets = new TargetSockets(target)
  }

  get port(): number {
    return this.target.port
  }

  onDeath(): void {}

  pulses(): readonly Pulse[] {
    return []
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

  droppedAtMembers(): number {
    this.#sockets?.note()
    return this.#sockets?.drops ?? 0
  }

  strangers(): readonly Stranger[] {
    return []
  }

  async begin(): Promise<void> {
    this.#sockets?.begin()
    this.#beganNs = this.nowNs()
  }

  reading(look: boolean): GroupReading {
    const sockets = this.#sockets
    if (look) sockets?.note()
    return { lives: [], unknown: { ...(sockets && { drops: sockets.drops }) } }
  }

  async finish(): Promise<GroupRecording> {
    const sockets = this.#sockets
    sockets?.note()
    return {
      port: this.port,
      lives: [],
      unknown: { ...(sockets && { sockets: sockets.all }) },
      watchedNs: this.nowNs() - this.#beganNs,
    }
  }

  hashesOf(): undefined {
    return undefined
  }

  async stop(): Promise<void> {}
}
