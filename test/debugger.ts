import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const HOLDER = fileURLToPath(new URL('hold-thread.py', import.meta.url))

/** Whether this user may hold processes that are not below its own. */
export const MAY_DEBUG = process.getuid?.() === 0

/** Holds a thread of another process, as one at a breakpoint is held. */
export class Debugger {
  readonly #held: Promise<unknown>

  private constructor(readonly holder: ChildProcess) {
    this.#held = once(holder.stdout!, 'data')
  }

  /** @param threadId of any thread; the main thread's is that of its process */
  static hold(threadId: number): Debugger {
    return new Debugger(spawn('python3', [HOLDER, String(threadId)], { stdio: ['pipe', 'pipe', 'inherit'] }))
  }

  async untilHeld(): Promise<void> {
    await this.#held
  }

  /** Lets it go. */
  async release(): Promise<void> {
    const ended = once(this.holder, 'exit')
    this.holder.stdin!.end()
    await ended
  }
}

/** The threads of a process that wait for datagrams. */
export function waitingForDatagrams(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .map(Number)
    .filter((tid) =>
      readFileSync(`/proc/${pid}/task/${tid}/wchan`, 'latin1').includes('wait_for_more_packets'),
    )
}
