import { readTaskState } from '../host/process-state.js'
import type { Life } from '../kernel/group-array.js'
import { cpuOf } from '../plan/cpu-list.js'
import { isHeld, type TaskState } from '../recording/silence.js'
import { MEMBER_STARTING, type GroupCounters } from './counters.js'
import { Front } from './front.js'
import type { OnDeath } from './group.js'
import type { FrontTask } from './front.cjs'
import type { GroupMemory } from './group-memory.js'
import type { MemberTask } from './member.cjs'
import { Endings } from './ending.js'
import { LastWords } from './last-words.js'
import {
  endedWithin,
  killAll,
  startProcess,
  startThread,
  type MemberHost,
  type ServerEntry,
} from './member-host.js'
import { Lives } from './lives.js'
import type { ServerTask } from './serve.cjs'
import { ANSWER_BOUND_MS, boundOfEnd, type Counting } from './counter-updates.js'
import { untilServing, type Starting } from './start.js'

export interface ServerOptions {
  server: 'processes' | 'threads'
  /** udp when absent */
  protocol?: 'udp' | 'tcp'
  /** of the largest datagram of a run */
  payloadBytes: number
  /** CPUs that members are pinned to, in turn by their index; a front is pinned as one more member would be */
  pinMembers?: readonly number[]
  epochNs: bigint
}

/** All that serves in a group: the members, and the front of those that have one. */
export class Servers {
  readonly lives: Lives
  readonly endings = new Endings()
  front: Front | undefined

  constructor(
    readonly options: ServerOptions,
    readonly memory: GroupMemory,
    readonly counters: GroupCounters,
    readonly onDeath: OnDeath,
  ) {
    this.lives = new Lives(onDeath)
  }

  #host(entry: ServerEntry, task: ServerTask): MemberHost {
    return this.options.server === 'processes' ? startProcess(entry, task) : startThread(entry, task)
  }

  /** Starts a member on its sockets. @returns its life's number */
  startMember(life: Life, fds: MemberTask['fds'], joining = false): number {
    const { options, lives } = this
    const cpu = cpuOf(options.pinMembers, life.member)
    const task = this.memory.memberTask({ ...options, ...life, block: lives.all.length, fds, cpu })
    return lives.add(life, this.#host('group/member.cjs', task), joining)
  }

  /** Starts the front of so many members; it counts into the block after all lives' ones. */
  startFront(fds: FrontTask['fds'], members: number): void {
    const { options, memory, counters, endings } = this
    const block = memory.blocks - 1
    const task = memory.frontTask({ ...options, block, fds, cpu: cpuOf(options.pinMembers, members) })
    const host = this.#host('group/front.cjs', task)
    this.front = new Front(host, counters, block, endings, options, (why) => this.onDeath('front', why))
  }

  /** Whether one of them has ended that was not told to. */
  get wounded(): boolean {
    return this.lives.deaths.size > 0 || this.front?.died !== undefined
  }

  /** Members that can answer: those that do not stand still, whether they were asked to or not. */
  members(): Counting[] {
    const { all } = this.lives
    return this.lives
      .awake()
      .filter((lifeNumber) => !isHeld(this.stateOf(lifeNumber)))
      .map((lifeNumber) => ({ block: lifeNumber, gone: () => all[lifeNumber]!.leaving }))
  }

  /** The front, where there is one that can answer. */
  fronts(): Counting[] {
    return this.front && !this.front.gone() && !isHeld(this.front.state()) ? [this.front] : []
  }

  /**
   * Waits until each of them serves.
   * @throws RpbenchError as `untilServing` of start.ts
   */
  async untilServing(signal?: AbortSignal): Promise<void> {
    const { lives, front } = this
    const members = lives.all.map((life, lifeNumber) =>
      this.#starting(`Member ${life.member}`, life.host, lifeNumber, () => lives.deaths.get(lifeNumber)),
    )
    await untilServing(
      [
        ...members,
        ...(front ? [this.#starting('The front', front.host, front.block, () => front.died)] : []),
      ],
      signal,
    )
  }

  #starting(who: string, host: MemberHost, block: number, died: Starting['died']): Starting {
    return { who, host, died, serves: () => this.counters.state(block) !== MEMBER_STARTING }
  }

  /**
   * Starts a member for a group that serves, and waits until it serves as well; it is no member until it is told so
   * (`HostedLife.joining`).
   * @returns its life's number
   * @throws RpbenchError as `untilServing` of start.ts; it has been ended then
   */
  async startJoiner(life: Life, fds: MemberTask['fds'], signal: AbortSignal): Promise<number> {
    const lifeNumber = this.startMember(life, fds, true)
    const joiner = this.lives.all[lifeNumber]!
    try {
      await untilServing(
        [this.#starting(`Member ${life.member}`, joiner.host, lifeNumber, () => joiner.failed)],
        signal,
      )
      return lifeNumber
    } catch (error) {
      await this.dismiss(lifeNumber)
      throw error
    }
  }

  /** Ends one that was started and is no member yet. */
  async dismiss(lifeNumber: number): Promise<void> {
    await this.killMember(lifeNumber)
  }

  /** Stops all of them and waits for their end; one that does not stop is killed. */
  async stop(): Promise<void> {
    // What the front has yet to hand on must find members that count it.
    await this.front?.stop()
    await Promise.all(this.lives.living().map((lifeNumber) => this.#stopMember(lifeNumber)))
  }

  async #stopMember(lifeNumber: number): Promise<void> {
    const life = this.lives.all[lifeNumber]!
    life.leaving = true
    this.counters.stop(lifeNumber, 'end')
    const state = this.stateOf(lifeNumber)
    // It says itself what it has in its queue.
    if (life.stalled || state === 'stopped') this.lives.resume(lifeNumber)
    if (await endedWithin(life.host, boundOfEnd(state))) {
      const why = await life.host.ended
      // It was dead before it was told, and nobody had heard of it yet.
      if (why !== undefined) this.lives.died(lifeNumber, why)
      return
    }
    const lastWords = LastWords.of(life.host, this.front !== undefined)
    await this.killMember(lifeNumber)
    lastWords?.speak(this.counters, lifeNumber, this.options)
  }

  /** Waits for the end of a member that was told to go; one that does not go is killed. */
  async untilGone(lifeNumber: number): Promise<void> {
    if (!(await endedWithin(this.lives.all[lifeNumber]!.host, ANSWER_BOUND_MS)))
      await this.killMember(lifeNumber)
  }

  /** Kills a member and waits for its end, for a bounded time. */
  async killMember(lifeNumber: number): Promise<void> {
    const life = this.lives.all[lifeNumber]!
    life.leaving = true
    life.cutOff = true
    const { member, generation, host } = life
    await this.endings.kill(host, { life: { member, generation } }, this.#threadOf(lifeNumber))
  }

  /** What the thread that serves in a life does now; undefined for one that has ended. */
  stateOf(lifeNumber: number): TaskState | undefined {
    return readTaskState(this.lives.all[lifeNumber]!.host.pid, this.#threadOf(lifeNumber))
  }

  /** Of the thread that serves; undefined before it does. */
  #threadOf(lifeNumber: number): number | undefined {
    return this.counters.read(lifeNumber).threadId || undefined
  }

  /** Kills all of them and waits for their end, for a bounded time. */
  async kill(): Promise<void> {
    await Promise.all([killAll(this.lives.hosts), this.front?.kill()])
  }
}
