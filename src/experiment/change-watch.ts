import { BEFORE_NS, windowBefore, windowDuring } from '../analysis/churn/change-windows.js'
import { TimeWindows } from '../client/time-windows.js'

/** How much longer response times are kept than a window reaches back: in it the parent comes to set the window. */
const SLACK_NS = 1e9

/** Tells the load, while a group changes, in which times response times are wanted: before each change and during it. */
export class ChangeWatch {
  /** how long the load is to keep response times for windows that are not set yet */
  static readonly keptNs = BEFORE_NS + SLACK_NS
  readonly #windows: TimeWindows
  #current = -1
  #fromNs = 0
  #doneNs = Infinity

  /** @param changes how many there will be at most */
  constructor(changes: number) {
    this.#windows = new TimeWindows(TimeWindows.memory(2 * changes))
  }

  /** The load's view of it: a window before each change, then one during it. */
  get memory(): SharedArrayBuffer {
    return this.#windows.memory
  }

  /**
   * Work on the next change begins.
   * @param fromNs from when on requests count to it
   * @param previousNs when the one before it was done, or the phase began
   */
  asked(askedNs: number, fromNs: number, previousNs: number): void {
    if (this.#current >= 0) this.#setDuring(fromNs)
    this.#current++
    this.#fromNs = fromNs
    this.#doneNs = Infinity
    this.#windows.set(2 * this.#current, windowBefore({ askedNs, fromNs }, previousNs))
    this.#setDuring(Infinity)
  }

  /** The change is done. */
  done(doneNs: number): void {
    this.#doneNs = doneNs
    this.#setDuring(Infinity)
  }

  #setDuring(nextFromNs: number): void {
    const [fromNs, doneNs] = [this.#fromNs, this.#doneNs]
    this.#windows.set(2 * this.#current + 1, windowDuring({ fromNs, doneNs }, nextFromNs))
  }
}
