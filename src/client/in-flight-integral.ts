/**
 * Requests in flight, integrated over time from a start: request·ns. It knows how many are under way, and when the
 * first and the last of a batch were sent or received, but nothing of single requests; so that it can be held
 * against their latencies (Little's law).
 */
export class InFlightIntegral {
  #total = 0
  #untilNs: number

  constructor(startNs: number) {
    this.#untilNs = startNs
  }

  /**
   * A batch of `count` events, at `atNs` in ascending order (below 0: failed, and no event), took the number in flight
   * from `before` to `after`: taken as even steps, of which the mean of both ends is the integral (trapezoid rule).
   */
  ramp(before: number, after: number, atNs: Float64Array, count: number): void {
    let first = 0
    while (first < count && atNs[first]! < 0) first++
    let last = count - 1
    while (last > first && atNs[last]! < 0) last--
    if (first >= count) return
    this.#advance(atNs[first]!, before)
    this.#advance(atNs[last]!, (before + after) / 2)
  }

  /** The integral up to a time, `inFlight` being under way since the last batch. */
  until(nowNs: number, inFlight: number): number {
    this.#advance(nowNs, inFlight)
    return this.#total
  }

  #advance(toNs: number, inFlight: number): void {
    // Stamps of one batch may be those of the batch before it, where the kernel gave several at once.
    if (toNs <= this.#untilNs) return
    this.#total += inFlight * (toNs - this.#untilNs)
    this.#untilNs = toNs
  }
}
