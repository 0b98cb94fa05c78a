import { doneShare } from './expected-time.js'
import type { Progress } from './progress.js'

/** One of several measurements that are to be made, one after another. */
export interface Item {
  what: string
  /** how long it is expected to take, ns */
  expectedNs: number
}

/**
 * What is to be measured one after another, to say of each measurement where the whole is: by what is still to come, at the pace of
 * what was measured.
 */
export class Agenda {
  #toCome: readonly Item[]
  readonly #began: number
  /** of what was measured: how long it was expected to take, and how long it took, ns */
  #made = { expectedNs: 0, tookNs: 0 }
  #current: { expectedNs: number; since: number } | undefined

  constructor(
    readonly report: (progress: Progress) => void,
    items: readonly Item[],
    /** ms */
    readonly now: () => number = () => performance.now(),
  ) {
    this.#toCome = items
    this.#began = now()
  }

  /**
   * The next of these begins; others that stand before it were left out.
   * @param of what to call it
   * @returns what is to be told where it is
   */
  begin(what: string, of: string): (progress: Progress) => void {
    const nowMs = this.now()
    if (this.#current) {
      this.#made.expectedNs += this.#current.expectedNs
      this.#made.tookNs += (nowMs - this.#current.since) * 1e6
    }
    const place = this.#toCome.findIndex((item) => item.what === what)
    this.#current = { expectedNs: this.#toCome[place]?.expectedNs ?? 0, since: nowMs }
    this.#toCome = this.#toCome.slice(place + 1)
    const { expectedNs, tookNs } = this.#made
    const pace = expectedNs > 0 ? tookNs / expectedNs : 1
    const laterNs = pace * this.#toCome.reduce((sum, item) => sum + item.expectedNs, 0)
    return (progress) => {
      const remainingNs = progress.remainingNs + laterNs
      const elapsedNs = (this.now() - this.#began) * 1e6
      this.report({ ...progress, of, remainingNs, doneShare: doneShare(elapsedNs, remainingNs) })
    }
  }
}
