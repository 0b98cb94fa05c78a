import { Histogram, type HistogramData } from '../stats/histogram.js'

/**
 * How far the stamps of requests lie from the kernel's of their arrival at the member's socket. On loopback a datagram arrives
 * within the call that sends it, so that this is what times from the stamp on are off by, give or take the one send.
 */
export class StampError {
  readonly #histogram = new Histogram()

  /** @param fromNs requests that were sent before do not count, ns since the run's epoch: the sender was not warm yet */
  constructor(readonly fromNs: number) {}

  /** @param arrivedNs −1 where the kernel gave no stamp */
  note(sentNs: number, arrivedNs: number): void {
    if (arrivedNs >= 0 && sentNs >= this.fromNs) this.#histogram.record(Math.abs(arrivedNs - sentNs))
  }

  /** ns; undefined where nothing was stamped */
  get data(): HistogramData | undefined {
    return this.#histogram.count > 0 ? this.#histogram.data : undefined
  }
}
