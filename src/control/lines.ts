/** Puts together the lines of a stream, which comes in pieces of any size. */
export class Lines {
  #rest = ''

  /** @param most characters of a line */
  constructor(readonly most: number) {}

  /**
   * @returns the lines that are whole now
   * @throws RangeError where one is too long, or will be
   */
  take(piece: string): string[] {
    const lines = (this.#rest + piece).split('\n')
    this.#rest = lines.pop()!
    if ([...lines, this.#rest].some(({ length }) => length > this.most))
      throw new RangeError(`a line of more than ${this.most} characters`)
    return lines
  }
}
