import { readTaskState } from '../host/process-state.js'
import type { FrontCounters } from '../recording/counters.js'
import type { TaskState } from '../recording/silence.js'
import { MEMBER_STOPPED, type GroupCounters } from './counters.js'
import { boundOfEnd, type Counting } from './counter-updates.js'
import type { Endings } from './ending.js'
import { LastWords } from './last-words.js'
import { endedWithin, type MemberHost } from './member-host.js'
import type { ServerOptions } from './servers.js'

/** The process, or thread, that takes for all members of a group and hands on to them. */
export class Front implements Counting {
  /** What ended it, if it was not told to end. */
  died: string | undefined
  #stopping = false

  constructor(
    readonly host: MemberHost,
    readonly counters: GroupCounters,
    readonly block: number,
    readonly endings: Endings,
    readonly options: ServerOptions,
    onDeath: (why: string) => void,
  ) {
    void host.ended.then((why) => this.#ended(why ?? 'ended by itself', onDeath))
  }

  #ended(why: string, onDeath: (why: string) => void): void {
    if (this.#stopping) return
    this.died = why
    onDeath(why)
  }

  readonly gone = (): boolean => this.died !== undefined

  /** What it does now; undefined when it has ended. */
  state(): TaskState | undefined {
    return readTaskState(this.host.pid, this.#threadId)
  }

  /** Of the thread that serves; undefined before it does. */
  get #threadId(): number | undefined {
    return this.counters.read(this.block).threadId || undefined
  }

  /** Whether all that it had to count was counted when it was told to stop, by itself or for it. */
  get stopped(): boolean {
    return this.counters.read(this.block).state === MEMBER_STOPPED
  }

  read(): FrontCounters {
    // It counts into a block like a member's, in which what it handed on stands for what that echoed.
    const { echoed, ...rest } = this.counters.read(this.block)
    return { ...rest, handedOn: echoed }
  }

  /** Has it stop after the batch that it is at, and waits for its end; if it does not stop, it is killed. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.counters.stop(this.block, 'end')
    const state = this.state()
    // It says itself what it has in its queue.
    if (state === 'stopped') process.kill(this.host.pid, 'SIGCONT')
    if (await endedWithin(this.host, boundOfEnd(state))) return
    const lastWords = LastWords.of(this.host, false)
    await this.kill()
    lastWords?.speak(this.counters, this.block, this.options)
  }

  async kill(): Promise<void> {
    this.#stopping = true
    await this.endings.kill(this.host, {}, this.#threadId)
  }
}
