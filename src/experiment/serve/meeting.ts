interface Waiting<Result> {
  resolve: (result: Result) => void
  reject: (error: Error) => void
}

/** A point that several parties come to before any of them goes on. Something is done there once, for all of them. */
export class Meeting<Result> {
  readonly #waiting = new Map<number, Waiting<Result>>()
  #held = false
  #failure: Error | undefined

  /**
   * @param awaited who has to come
   * @param act what is done when all have come
   */
  constructor(
    readonly awaited: () => readonly number[],
    readonly act: () => Promise<Result>,
  ) {}

  /** whether all have come */
  get held(): boolean {
    return this.#held
  }

  /** Those who have to come and have not. */
  get missing(): number[] {
    return this.awaited().filter((one) => !this.#waiting.has(one))
  }

  /** @returns what was done, when all have come; rejects where that failed, or the meeting did */
  come(who: number): Promise<Result> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#waiting.set(who, { resolve, reject })
      this.look()
    })
  }

  /** One who came waits no more. */
  leave(who: number): void {
    if (!this.#held) this.#waiting.delete(who)
  }

  /** Looks whether all have come: who is awaited may have changed. */
  look(): void {
    if (this.#held || this.#failure || this.#waiting.size === 0 || this.missing.length > 0) return
    this.#held = true
    void this.#hold([...this.#waiting.values()])
  }

  async #hold(all: readonly Waiting<Result>[]): Promise<void> {
    try {
      const result = await this.act()
      for (const { resolve } of all) resolve(result)
    } catch (error) {
      for (const { reject } of all) reject(error as Error)
    }
  }

  /** It will not take place: those who came are told why, and those who come. */
  fail(error: Error): void {
    if (this.#held) return
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
}
