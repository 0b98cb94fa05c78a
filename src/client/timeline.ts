import type { IntervalData } from '../recording/worker-report.js'
import { Histogram } from '../stats/histogram.js'

class Interval {
  sent = 0
  replied = 0
  late = 0
  readonly response = new Histogram()
}

/** Counts and latencies by time: what a change does shows where it is. */
export class Timeline {
  readonly #intervals: Interval[] = []

  constructor(readonly intervalNs: number) {}

  #at(ns: number): Interval {
    return (this.#intervals[Math.floor(ns / this.intervalNs)] ??= new Interval())
  }

  // Counts go by the actual send, which each reply brings back: what was sent and what was answered of it then fall
  // into the same interval, however late the answer.

  noteSent(sentNs: number): void {
    this.#at(sentNs).sent++
  }

  noteReply(sentNs: number, intendedNs: number, receivedNs: number): void {
    this.#at(sentNs).replied++
    this.#at(intendedNs).response.record(receivedNs - intendedNs)
  }

  noteLate(sentNs: number): void {
    this.#at(sentNs).late++
  }

  /** Interval i covers [i, i + 1) × intervalNs since the run's epoch; absent where there was nothing. */
  get data(): (IntervalData | undefined)[] {
    return Array.from(
      this.#intervals,
      (i) => i && { sent: i.sent, replied: i.replied, late: i.late, response: i.response.data },
    )
  }
}
