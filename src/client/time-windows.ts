/** Intervals that begin from `fromNs` on and before `toNs`, ns since the run's epoch. */
export interface TimeWindow {
  fromNs: number
  toNs: number
}

/**
 * Windows of time whose response times are wanted, in memory shared by the parent, which sets them while the load
 * runs, and the workers, which look them up. One that was not set holds nothing.
 */
export class TimeWindows {
  readonly #bounds: Float64Array

  /** @param memory as `TimeWindows.memory(count)` made it */
  constructor(readonly memory: SharedArrayBuffer) {
    this.#bounds = new Float64Array(memory)
  }

  static memory(count: number): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * count * Float64Array.BYTES_PER_ELEMENT)
  }

  get count(): number {
    return this.#bounds.length / 2
  }

  /** Parent: sets a window. Its beginning may lie as far back as the timelines keep, see `Timeline`. */
  set(window: number, { fromNs, toNs }: TimeWindow): void {
    this.#bounds[2 * window] = fromNs
    this.#bounds[2 * window + 1] = toNs
  }

  get(window: number): TimeWindow {
    return { fromNs: this.#bounds[2 * window]!, toNs: this.#bounds[2 * window + 1]! }
  }

  /** The windows that an interval which begins at `ns` is in. */
  at(ns: number): number[] {
    const found: number[] = []
    for (let i = 0; i < this.count; i++)
      if (ns >= this.#bounds[2 * i]! && ns < this.#bounds[2 * i + 1]!) found.push(i)
    return found
  }
}
