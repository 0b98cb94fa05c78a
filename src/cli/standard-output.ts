import { RpbenchError } from '../errors.js'
import { reasonOf } from '../files/file-errors.js'
import type { Text, TextOptions } from '../report/views.js'

/** Standard output. What is written to it arrives whole, however slow its reader is. */
export class StandardOutput {
  #failure: NodeJS.ErrnoException | undefined
  readonly #gone = new AbortController()

  constructor() {
    // oclif's own listener throws, which ends in a stack trace.
    process.stdout.removeAllListeners('error').on('error', (error: NodeJS.ErrnoException) => {
      this.#fail(error)
    })
  }

  /** Aborted when nobody takes what is written any more. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#failure ??= error
    this.#gone.abort()
  }

  /**
   * Resolves when all of the text has left this process: a pipe takes 64 KiB, and what is written when a command has
   * ended is cut after some seconds. Also when nobody takes it any more: see `check`.
   */
  async write(text: Text): Promise<void> {
    for (const piece of typeof text === 'string' ? [text] : text) {
      if (this.#failure) return
      await new Promise<void>((resolve) => {
        process.stdout.write(piece, (error) => {
          if (error) this.#fail(error)
          resolve()
        })
      })
    }
  }

  /**
   * A reader who has seen enough (`| head`) is no failure; a full device is one.
   * @throws RpbenchError RPB_STDOUT
   */
  check(): void {
    const code = this.#failure?.code
    if (this.#failure && code !== 'EPIPE')
      throw new RpbenchError('RPB_STDOUT', `Standard output cannot be written: ${reasonOf(this.#failure)}.`)
  }
}

/** How text is to be laid out for where it goes. */
export function textOptions(noColor: boolean): TextOptions {
  const { stdout, env } = process
  const color = stdout.isTTY && !noColor && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  // The terminal's width, COLUMNS, or 100 for a pipe or a file.
  return { columns: stdout.columns ?? (Number(env['COLUMNS']) || 100), color }
}
