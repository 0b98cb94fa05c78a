import type { Clock } from '../../src/experiment/testbed.js'

/** A time that goes on only when it is told to, and then to the next thing that is to happen. */
export class FakeClock implements Clock {
  readonly epochNs = 0n
  readonly #events: { atNs: number; happen: () => void }[] = []
  #nowNs = 0
  #woke = false

  nowNs(): number {
    return this.#nowNs
  }

  /** Has something happen at a time. */
  at(atNs: number, happen: () => void): void {
    const later = this.#events.findIndex((event) => event.atNs > atNs)
    this.#events.splice(later < 0 ? this.#events.length : later, 0, { atNs, happen })
  }

  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#woke = true
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      if (signal?.aborted) return wake()
      signal?.addEventListener('abort', wake, { once: true })
      this.at(this.#nowNs + ms * 1e6, wake)
    })
  }

  /** Lets everything happen that is to happen by then; who is woken by it goes on before time does. */
  async advanceTo(ns: number): Promise<void> {
    for (let next = this.#events[0]; next && next.atNs <= ns; next = this.#events[0]) {
      this.#events.shift()
      this.#nowNs = Math.max(this.#nowNs, next.atNs)
      next.happen()
      if (this.#woke) await new Promise(setImmediate)
      this.#woke = false
    }
    this.#nowNs = Math.max(this.#nowNs, ns)
  }
}
