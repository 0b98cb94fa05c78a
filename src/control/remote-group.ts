import { once } from 'node:events'
import { RpbenchError } from '../errors.js'
import type { Group, GroupLife, OnDeath } from '../group/group.js'
import type { GroupReading, GroupRecording, LifeRecording } from '../recording/group-recording.js'
import type { ControlLink } from './control-link.js'
import type { Finished, SeenThere, ServedGroup, Standing } from './messages.js'

export interface RemoteRun {
  runId: bigint
  payloadBytes: number
  /** how many shards send it together; absent where one client sends all of it */
  shards?: number | undefined
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
  #runId = 0n

  private constructor(
    readonly link: ControlLink,
    readonly served: ServedGroup,
    readonly run: RemoteRun,
    readonly nowNs: () => number,
    readonly signal: AbortSignal,
  ) {
    this.lives = served.pids.map((_, member) => ({ member, generation: 0, leaving: false }))
  }

  /**
   * Has the group serve a run. Where it is one of several shards, waits until all are there.
   * @param nowNs now, in ns since the session's epoch
   * @throws RpbenchError RPB_CONTROL where it does not
   */
  static async start(
    { link, group }: { link: ControlLink; group: ServedGroup },
    run: RemoteRun,
    nowNs: () => number,
    signal: AbortSignal,
  ): Promise<RemoteGroup> {
    const remote = new RemoteGroup(link, group, run, nowNs, signal)
    link.hear({
      onStanding: (standing) => (remote.#standing = standing),
      onDied: (who, why) => remote.#died(who, why),
      onGone: (why) => remote.#left(why),
    })
    const { runId, payloadBytes } = run
    const wished = String(BigInt.asUintN(64, runId))
    const told = await remote.#unlessStopped(link.ask({ do: 'run', runId: wished, payloadBytes }))
    remote.#runId = BigInt(told.runId)
    return remote
  }

  /** Waits with others, unless this one is stopped. @throws RpbenchError RPB_INTERRUPTED */
  async #unlessStopped<T>(awaited: Promise<T>): Promise<T> {
    const { signal } = this
    if (this.run.shards === undefined) return awaited
    const over = new AbortController()
    const stopped = async (): Promise<never> => {
      if (!signal.aborted) await once(signal, 'abort', { signal: over.signal })
      throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
    }
    try {
      return await Promise.race([awaited, stopped()])
    } finally {
      over.abort()
    }
  }

  /** What members answer the requests of: one number for all shards. */
  get runId(): bigint {
    return this.#runId
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
    await this.#unlessStopped(this.link.ask({ do: 'begin' }))
    this.#standing = await this.link.ask({ do: 'read' })
    this.#beganNs = this.nowNs()
  }

  /** As it was told last, some tenths of a second ago at most. */
  reading(): GroupReading {
    if (this.#standing === undefined) throw new Error('a group tells nothing before its measured phase')
    // What it tells is of all shards: of one alone nothing is known.
    return this.run.shards === undefined ? this.#standing.reading : { lives: [], unknown: {} }
  }

  async finish(): Promise<GroupRecording> {
    const finished = await this.#finished()
    if (finished === undefined) return { ...this.#asToldLast(), ...this.#ofAllShards([]) }
    const { group, seen, lost = [] } = finished
    this.#hearsOfClosings = seen.hearsOfClosings
    return { ...group, seenThere: this.#byOurTime(seen), ...this.#ofAllShards(lost) }
  }

  /** One of several shards that is stopped does not wait for the others' end. */
  async #finished(): Promise<Finished | undefined> {
    try {
      return await this.#unlessGone(this.#unlessStopped(this.link.ask({ do: 'finish' })), undefined)
    } catch (error) {
      if (error instanceof RpbenchError && error.code === 'RPB_INTERRUPTED') return undefined
      throw error
    }
  }

  #ofAllShards(lost: number[]): Pick<GroupRecording, 'ofAllShards'> {
    const { shards } = this.run
    return shards === undefined ? {} : { ofAllShards: { runId: String(this.#runId), shards, lost } }
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
    const { lives, front } = this.#standing!.reading
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
      ...(this.#gone !== undefined && { goneSince: this.#gone }),
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
