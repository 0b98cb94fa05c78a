import type { Progress } from '../experiment/progress.js'
import { progressSentence } from './progress-words.js'

const CLEAR_LINE = '\r\u{1B}[K'
/** How often there is a line where one cannot be changed in place, ms. */
const PLAIN_EVERY_MS = 10_000
const USUAL_COLUMNS = 80

/** Where progress is shown: standard error, and a time. */
interface Shown {
  stream: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number }
  /** ms */
  now: () => number
}

/** A line on standard error that says where a measurement is: in place on a terminal, else a new one every ten seconds. */
export class ProgressLine {
  readonly #how: 'in place' | 'plain' | 'not'
  readonly #shown: Shown
  /** when there was a line, or the beginning */
  #lineAt: number

  constructor(quiet: boolean, shown: Shown = { stream: process.stderr, now: () => performance.now() }) {
    this.#shown = shown
    this.#lineAt = shown.now()
    this.#how = quiet ? 'not' : shown.stream.isTTY ? 'in place' : 'plain'
  }

  get #columns(): number {
    return (this.#shown.stream.columns || USUAL_COLUMNS) - 1
  }

  readonly update = (progress: Progress): void => {
    const { stream, now } = this.#shown
    if (this.#how === 'in place') stream.write(CLEAR_LINE + progressSentence(progress, this.#columns))
    if (this.#how !== 'plain' || now() - this.#lineAt < PLAIN_EVERY_MS) return
    this.#lineAt = now()
    stream.write(`${progressSentence(progress)}\n`)
  }

  /** What is done, where there is no more to say of it; only on a terminal. */
  readonly say = (text: string): void => {
    if (this.#how === 'in place') this.#shown.stream.write(CLEAR_LINE + text.slice(0, this.#columns))
  }

  /** A line that stays, above the one that changes; only on a terminal. @param line made for so many columns */
  keep(line: (columns: number) => string): void {
    if (this.#how === 'in place') this.#shown.stream.write(`${CLEAR_LINE}${line(this.#columns)}\n`)
  }

  end(): void {
    if (this.#how === 'in place') this.#shown.stream.write(CLEAR_LINE)
  }
}
