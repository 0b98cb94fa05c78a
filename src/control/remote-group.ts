import type { Group, GroupLife, OnDeath } from '../group/group.js'
import type { GroupReading, GroupRecording, LifeRecording } from '../recording/group-recording.js'
import type { ControlLink } from './control-link.js'
import type { SeenThere, ServedGroup, Standing } from './messages.js'

export interface RemoteRun {
  runId: bigint
  payloadBytes: number
}

/** What was seen where the group is, at a time that is not ours. */
type Seen = NonNullable<GroupRecording['seenThere']>

/**
 * A group that `rpbench serve` runs, on another host or on this one: its counts come over a control connection. Where that breaks,
 * the group is gone, and its counts are those that it told last.
 */
export class RemoteGroup implements Group {
  readonly lives: GroupLife[]
  readonly #deaths = new Map<number | 'front', string>()
  #onDeath: OnDeath = () => {}
  #standing: Standing | undefined
  #gone: string | undefined
  #beganNs = 0
  #hearsOfClosings = true

  private constructor(
    readonly link: ControlLink,
    readonly served: ServedGroup,
    readonly nowNs: () => number,
  ) {
    this.lives = served.pids.map((_, member) => ({ member, generation: 0, leaving: false }))
  }

  /**
   * Has the group serve a run.
   * @param nowNs now, in ns since the session's epoch
   * @throws RpbenchError RPB_CONTROL where it does not
   */
  static async start(
    { link, group }: { link: ControlLink; group: ServedGroup },
    { runId, payloadBytes }: RemoteRun,
    nowNs: () => number,
  ): Promise<RemoteGroup> {
    const remote = new RemoteGroup(link, group, nowNs)
    link.hear({
      onStanding: (standing) => (remote.#standing = standing),
      onDied: (who, why) => remote.#died(who, why),
      onGone: (why) => remote.#left(why),
    })
    await link.ask({ do: 'run', runId: String(BigInt.asUintN(64, runId)), payloadBytes })
    return remote
  }

  #died(who: number | 'front', why: string): void {
    this.#deaths.set(who, why)
    if (who !== 'front') this.lives[who] = { ...this.lives[who]!, leaving: true }
    this.#onDeath(who, why)
  }

  #left(why: string): void {
    this.#gone = why
    this.#onDeath('front', why)
  }

  get port(): number {
    return this.served.port
  }

  get wounded(): boolean {
    return this.#deaths.size > 0 || this.#gone !== undefined
  }

  onDeath(callback: OnDeath): void {
    this.#onDeath = callback
    for (const [who, why] of this.#deaths) callback(who, why)
    if (this.#gone !== undefined) callback('front', this.#gone)
  }

  /** Who stands still is seen where the group is. */
  pulses(): [] {
    return []
  }

  /** Who else is on its port, too. */
  strangers(): [] {
    return []
  }

  get hearsOfClosings(): boolean {
    return this.#hearsOfClosings
  }

  isEmpty(): Promise<boolean> {
    return this.#unlessGone(this.link.ask({ do: 'is-empty' }), true)
  }

  untilEmpty(boundMs: number): Promise<boolean> {
    return this.#unlessGone(this.link.ask({ do: 'until-empty', boundMs }), false)
  }

  /** A group that is gone costs nothing of what was measured. */
  async #unlessGone<T>(asked: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await asked
    } catch (error) {
      if (this.#gone === undefined) throw error
      return otherwise
    }
  }

  droppedAtMembers(): number {
    return this.#standing?.drops ?? 0
  }

  async begin(): Promise<void> {
    await this.link.ask({ do: 'begin' })
    this.#standing = await this.link.ask({ do: 'read' })
    this.#beganNs = this.nowNs()
  }

  /** As it was told last, some tenths of a second ago at most. */
  reading(): GroupReading {
    if (this.#standing === undefined) throw new Error('a group tells nothing before its measured phase')
    return this.#standing.reading
  }

  async finish(): Promise<GroupRecording> {
    const finished = await this.#unlessGone(this.link.ask({ do: 'finish' }), undefined)
    if (finished === undefined) return this.#asToldLast()
    const { group, seen } = finished
    this.#hearsOfClosings = seen.hearsOfClosings
    return { ...group, seenThere: this.#byOurTime(seen) }
  }

  /** Times there and here have the beginning of the measured phase in common, as far as the way between them lets it. */
  #byOurTime({ host, strangers, silences }: SeenThere): Seen {
    const began = this.#beganNs
    return {
      host,
      strangers: strangers.map((one) => ({
        ...one,
        firstSeenNs: one.firstSeenNs + began,
        lastSeenNs: one.lastSeenNs + began,
      })),
      silences: silences.map((one) => ({ ...one, fromNs: one.fromNs + began, toNs: one.toNs + began })),
    }
  }

  #asToldLast(): GroupRecording {
    const { lives, front } = this.reading()
    return {
      port: this.port,
      lives: lives.map(({ member, generation, before, after, gone }, index): LifeRecording => ({
        member,
        generation,
        ...(before && { before }),
        after,
        gone,
        pid: this.served.pids[index]!,
        ...(this.#deaths.has(index) && { died: this.#deaths.get(index)! }),
      })),
      ...(front && { front: { ...front, pid: 0 } }),
      watchedNs: this.nowNs() - this.#beganNs,
      goneSince: this.#gone!,
      seenThere: { host: {}, strangers: [], silences: [] },
    }
  }

  hashesOf(): undefined {
    return undefined
  }

  async stop(): Promise<void> {
    this.link.close()
    return Promise.resolve()
  }
}
