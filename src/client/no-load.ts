import type { Source } from './driver.js'

/** Asks nobody, for flows that all weigh nothing: over when the time is, at once where none is given. */
export class NoLoad implements Source {
  readonly flowsGivenUp = 0
  #endNs = 0

  /** @param durationNs how long the others are asked */
  constructor(readonly durationNs: number | undefined) {}

  start(nowNs: number): void {
    this.#endNs = nowNs + (this.durationNs ?? 0)
  }

  due(): number {
    return 0
  }

  release(): void {}

  givenUp(): void {}

  asksAgain(): boolean {
    return false
  }

  askedAgain(): void {}

  idleNs(nowNs: number): number {
    return Math.max(0, this.#endNs - nowNs)
  }

  finished(nowNs: number): boolean {
    return nowNs >= this.#endNs
  }

  arrears(): number {
    return 0
  }
}
