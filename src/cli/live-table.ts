const CLEAR_BELOW = '\u{1B}[J'
const up = (lines: number): string => (lines === 0 ? '\r' : `\u{1B}[${lines}A\r`)

/** Lines on a terminal that are drawn again in place; elsewhere nothing is drawn. */
export class LiveTable {
  #drawn = 0

  constructor(readonly stream: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number }) {}

  /** @param lines made for so many columns; none may be longer */
  draw(lines: (columns: number) => string[]): void {
    if (!this.stream.isTTY) return
    const made = lines((this.stream.columns || 80) - 1)
    this.stream.write(`${up(this.#drawn)}${CLEAR_BELOW}${made.map((line) => `${line}\n`).join('')}`)
    this.#drawn = made.length
  }

  /** Leaves nothing of it. */
  clear(): void {
    if (this.#drawn > 0) this.stream.write(`${up(this.#drawn)}${CLEAR_BELOW}`)
    this.#drawn = 0
  }
}
