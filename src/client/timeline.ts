import type { TimelineData } from '../recording/worker-report.js'
import { Histogram } from '../stats/histogram.js'
import type { TimeWindows } from './time-windows.js'

/** How many intervals there is room for at first; doubled when they are over. */
const ROOM = 1024

/** A count for each interval. */
class Counts {
  #counts = new Uint32Array(ROOM)

  add(interval: number, count = 1): void {
    if (interval >= this.#counts.length) {
      const more = new Uint32Array(2 ** Math.ceil(Math.log2(interval + 1)))
      more.set(this.#counts)
      this.#counts = more
    }
    this.#counts[interval]! += count
  }

  upTo(intervals: number): Uint32Array {
    const counts = new Uint32Array(intervals)
    counts.set(this.#counts.subarray(0, intervals))
    return counts
  }
}

/**
 * Counts by time, and response times in windows of time: what a change does shows where it is. A histogram an interval
 * would take megabytes a second: those of the latest intervals are kept, since a window is set when a change begins and
 * reaches back from there, and then go into the windows that they are in.
 */
export class Timeline {
  readonly #sent = new Counts()
  readonly #replied = new Counts()
  readonly #late = new Counts()
  #intervals = 0
  #responseIntervals = 0
  /** response times by interval */
  readonly #latest = new Map<number, Histogram>()
  /** those that are over, to be used again: as garbage they would be many megabytes before they are collected */
  readonly #spare: Histogram[] = []
  /** intervals of response times below are in their windows already */
  #filed = 0
  readonly #responses: Histogram[]

  /**
   * @param intervalNs of counts: as fine as it is to be known what was sent before a change
   * @param responseIntervalNs of response times
   * @param keptNs how long the response times of an interval are kept for windows that are yet to be set
   */
  constructor(
    readonly intervalNs: number,
    readonly responseIntervalNs: number,
    readonly windows: TimeWindows,
    readonly keptNs: number,
  ) {
    this.#responses = Array.from({ length: windows.count }, () => new Histogram())
  }

  #at(ns: number): number {
    const interval = Math.floor(ns / this.intervalNs)
    this.#intervals = Math.max(this.#intervals, interval + 1)
    return interval
  }

  #responseAt(ns: number): number {
    const interval = Math.floor(ns / this.responseIntervalNs)
    if (interval >= this.#responseIntervals) {
      this.#responseIntervals = interval + 1
      this.#file(interval - Math.ceil(this.keptNs / this.responseIntervalNs))
    }
    return interval
  }

  /** Puts the response times of the intervals below `end` into the windows that they are in. */
  #file(end: number): void {
    for (const [interval, response] of this.#latest) {
      if (interval >= end) continue
      for (const window of this.#windowsOf(interval)) this.#responses[window]!.add(response.data)
      this.#latest.delete(interval)
      response.clear()
      this.#spare.push(response)
    }
    this.#filed = Math.max(this.#filed, end)
  }

  #windowsOf(interval: number): number[] {
    return this.windows.at(interval * this.responseIntervalNs)
  }

  // Counts go by the actual send, which each reply brings back: what was sent and what was answered of it then fall
  // into the same interval, however late the answer.

  noteSent(sentNs: number): void {
    this.#sent.add(this.#at(sentNs))
  }

  noteReply(sentNs: number, intendedNs: number, receivedNs: number): void {
    this.#replied.add(this.#at(sentNs))
    const interval = this.#responseAt(intendedNs)
    const responseNs = receivedNs - intendedNs
    if (interval < this.#filed) {
      for (const window of this.#windowsOf(interval)) this.#responses[window]!.record(responseNs)
      return
    }
    let response = this.#latest.get(interval)
    if (response === undefined) this.#latest.set(interval, (response = this.#spare.pop() ?? new Histogram()))
    response.record(responseNs)
  }

  noteLate(sentNs: number): void {
    this.#late.add(this.#at(sentNs))
  }

  /** A request that was lost with its connection: it counts where that was broken off, however long it had waited there. */
  noteCut(sentNs: number, cutNs: number): void {
    this.#sent.add(this.#at(sentNs), -1)
    this.#sent.add(this.#at(cutNs))
  }

  /** What there is to say of all time. Ends the timeline. */
  get data(): TimelineData {
    this.#file(this.#responseIntervals)
    return {
      intervalNs: this.intervalNs,
      sent: this.#sent.upTo(this.#intervals),
      replied: this.#replied.upTo(this.#intervals),
      late: this.#late.upTo(this.#intervals),
      responses: this.#responses.map(({ data }) => data),
    }
  }
}
