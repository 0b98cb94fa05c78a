import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'

/** How a command ended. */
export interface CommandEnd {
  exitStatus?: number
  signal?: NodeJS.Signals
  /** why it could not be started */
  failure?: string
}

/** Of what it prints, so much is kept: the beginning, where an error is named. */
const MOST_OUTPUT = 4096
/** How long it has to end by itself when it is told to. */
const GRACE_MS = 500

/** A command of the user's, run by sh in a process group of its own, so that all of it can be ended. */
export class HostCommand {
  readonly ended: Promise<CommandEnd>
  #output = ''
  #over = false
  readonly #child

  constructor(command: string) {
    const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(0, MOST_OUTPUT)
      })
    this.ended = this.#end()
  }

  async #end(): Promise<CommandEnd> {
    const child = this.#child
    try {
      const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
      return { ...(status !== null && { exitStatus: status }), ...(signal && { signal }) }
    } catch (error) {
      return { failure: (error as Error).message }
    } finally {
      this.#over = true
      // What it left running may hold them open for ever, and must not meet a broken pipe.
      for (const stream of [child.stdout, child.stderr]) (stream as Socket).unref()
    }
  }

  get output(): string {
    return this.#output
  }

  /** Ends it, with all that it runs, if it has not ended by itself. */
  async stop(): Promise<void> {
    this.#signal('SIGTERM')
    const timer = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS)
    await this.ended
    clearTimeout(timer)
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (this.#over || pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // It has just ended.
    }
  }
}
