import { Histogram } from '../stats/histogram.js'
import { TIMED, type IntervalMemory } from './interval-memory.js'
import { QUANTITIES, type Quantity } from '../recording/worker-report.js'
import type { HistogramData } from '../stats/histogram.js'

/** How many replies are kept back: their histograms' cells are then in the cache once for many values. */
const HELD = 512

/** What there is nothing of without a schedule. */
const SCHEDULED_ONLY: ReadonlySet<Quantity> = new Set<Quantity>(['response', 'request', 'queue'])

type Histograms = Partial<Record<Quantity, HistogramData>>

/**
 * Records the quantities of replies per member. A reply is held as it came, one row of consecutive writes; when
 * enough are held, they are recorded quantity by quantity. With thousands of requests in flight latencies are so
 * spread out that recording each at once would miss the cache five times a reply.
 */
export class LatencyRecorder {
  readonly #member = new Uint16Array(HELD)
  readonly #held: readonly Float64Array[] = QUANTITIES.map(() => new Float64Array(HELD))
  readonly #histograms: readonly (readonly Histogram[])[]
  #count = 0

  /**
   * @param scheduled whether there is a schedule: only then is there an intended time, or a stamp of the arrival
   * @param interval where times are recorded by interval as well
   * @param sharedClock whether members read the clock that we read: without, nothing is known of a way between both
   */
  constructor(
    members: number,
    readonly scheduled: boolean,
    readonly interval?: IntervalMemory,
    readonly sharedClock = true,
  ) {
    this.#histograms = QUANTITIES.map(() => Array.from({ length: members }, () => new Histogram()))
  }

  /** Times in ns since one epoch; `intendedNs` and `arrivedNs` are −1 where there is none. */
  note(
    member: number,
    intendedNs: number,
    sentNs: number,
    arrivedNs: number,
    takenNs: number,
    echoedNs: number,
    receivedNs: number,
  ): void {
    const i = this.#count++
    const held = this.#held
    this.#member[i] = member
    // In the order of QUANTITIES; NaN: not known, not recorded.
    held[0]![i] = receivedNs - sentNs
    if (this.scheduled) {
      held[1]![i] = intendedNs < 0 ? NaN : receivedNs - intendedNs
      held[2]![i] = arrivedNs < 0 ? NaN : arrivedNs - sentNs
      held[3]![i] = arrivedNs < 0 ? NaN : takenNs - arrivedNs
    }
    held[4]![i] = echoedNs - takenNs
    held[5]![i] = this.sharedClock ? receivedNs - echoedNs : NaN
    if (this.#count === HELD) this.flush()
  }

  /** Records what was held back. */
  flush(): void {
    for (let q = 0; q < this.#held.length; q++) {
      if (!this.scheduled && SCHEDULED_ONLY.has(QUANTITIES[q]!)) continue
      const values = this.#held[q]!
      const histograms = this.#histograms[q]!
      for (let i = 0; i < this.#count; i++) {
        const value = values[i]!
        if (value === value) histograms[this.#member[i]!]!.record(value)
      }
      if (q < TIMED.length) this.interval?.record(q, values, this.#count)
    }
    this.#count = 0
  }

  /** What was recorded of one member; quantities that never came are absent. */
  report(member: number): Histograms {
    this.flush()
    const report: Histograms = {}
    QUANTITIES.forEach((quantity: Quantity, q) => {
      const histogram = this.#histograms[q]![member]!
      if (histogram.count > 0) report[quantity] = histogram.data
    })
    return report
  }
}
