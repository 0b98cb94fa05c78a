import type { Duplex } from 'node:stream'
import { Lines } from './lines.js'
import { parseMessage } from './messages.js'

/** What the other side has said, one message at a time, and that it is gone. */
export interface Hearing {
  /** what it throws closes the channel */
  onMessage: (message: Record<string, unknown>) => void
  /** @param why as half a sentence; undefined where the other side ended it */
  onGone: (why: string | undefined) => void
}

export interface ChannelBounds {
  /** characters of a message that comes */
  mostCharacters: number
  /** after how long without a word the other side counts as gone */
  silentMs: number
}

/** What may wait for a reader who does not read before nothing is said to him that can be left out. */
const MOST_WAITING_BYTES = 2 ** 20

/** One side of a control connection: messages as lines of JSON. */
export class Channel {
  #why: string | undefined
  readonly #silence: NodeJS.Timeout

  constructor(
    readonly stream: Duplex,
    { mostCharacters, silentMs }: ChannelBounds,
    { onMessage, onGone }: Hearing,
  ) {
    const lines = new Lines(mostCharacters)
    this.#silence = setTimeout(() => this.close(`nothing was heard of it for ${silentMs / 1000} s`), silentMs)
    stream.setEncoding('utf8')
    stream.on('data', (piece: string) => {
      this.#silence.refresh()
      try {
        for (const line of lines.take(piece)) if (!stream.destroyed) onMessage(parseMessage(line))
      } catch (error) {
        this.close((error as Error).message)
      }
    })
    stream.on('error', (error) => (this.#why ??= error.message))
    stream.on('end', () => stream.destroy())
    stream.on('close', () => {
      clearTimeout(this.#silence)
      onGone(this.#why)
    })
  }

  /** @param spare whether it may be left out where the other side reads too slowly */
  say(message: object, spare = false): void {
    if (this.stream.destroyed || (spare && this.stream.writableLength > MOST_WAITING_BYTES)) return
    this.stream.write(`${JSON.stringify(message)}\n`)
  }

  /** Says a last thing, and ends. */
  sayLast(message: object): void {
    this.say(message)
    this.stream.end()
    // Who does not end in turn is not waited for.
    setTimeout(() => this.stream.destroy(), 1000).unref()
  }

  close(why?: string): void {
    this.#why ??= why
    this.stream.destroy()
  }
}
