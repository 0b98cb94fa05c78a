import type { FrontCounters } from '../recording/counters.js'
import type { GroupCounters } from './counters.js'
import { killAll, type MemberHost } from './member-host.js'
import { ANSWER_BOUND_MS, type Counting } from './counter-updates.js'

/** The process, or thread, that takes for all members of a group and hands on to them. */
export class Front implements Counting {
  /** What ended it, if it was not told to end. */
  died: string | undefined
  #stopping = false

  constructor(
    readonly host: MemberHost,
    readonly counters: GroupCounters,
    readonly block: number,
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

  read(): FrontCounters {
    // It counts into a block like a member's, in which what it handed on stands for what that echoed.
    const { echoed, ...rest } = this.counters.read(this.block)
    return { ...rest, handedOn: echoed }
  }

  /** Has it stop after the batch that it is at, and waits for its end; if it does not stop, it is killed. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.counters.stop(this.block, 'end')
    const killer = setTimeout(() => this.host.kill(), ANSWER_BOUND_MS)
    await this.host.ended
    clearTimeout(killer)
  }

  async kill(): Promise<void> {
    this.#stopping = true
    await killAll([this.host])
  }
}
