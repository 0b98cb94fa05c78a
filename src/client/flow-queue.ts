/**
 * The order in which a closed loop visits its flows: a first-in-first-out queue of turns, at first that of their lanes,
 * whose ports are a random draw already. Another shuffle would only scatter the kernel's way through its sockets:
 * with 10,000 flows it costs a tenth of the round trips. A flow whose request was
 * answered or given up goes to the end, so that the queue is a round robin over the flows that are idle and all of
 * them are used equally. With more requests in flight than flows, each flow has several turns in it.
 */
export class FlowQueue {
  /** turns that were put back, in a ring */
  readonly #turns: Int32Array
  readonly #mask: number
  #head = 0
  /** of all turns that wait */
  #length: number
  readonly #all: number
  /** turns that were not taken for the first time yet: they are in the order of their lanes, and nothing is kept of them */
  #first: number

  /** @param flows how many there are, at lanes 0 and up; @param turns how many requests each may have in flight */
  constructor(
    readonly flows: number,
    turns: number,
  ) {
    this.#all = flows * turns
    this.#length = this.#all
    this.#first = this.#all
    // A power of two, so that a mask brings places around.
    this.#turns = new Int32Array(2 ** Math.ceil(Math.log2(this.#length)))
    this.#mask = this.#turns.length - 1
  }

  get length(): number {
    return this.#length
  }

  /** Takes the next lane; only when `length` > 0. */
  take(): number {
    if (this.#first > 0) return this.#takeFirst()
    const lane = this.#turns[this.#head]!
    this.#head = (this.#head + 1) & this.#mask
    this.#length--
    return lane
  }

  #takeFirst(): number {
    const lane = (this.#all - this.#first) % this.flows
    this.#first--
    this.#length--
    return lane
  }

  /** Puts a lane that was taken back at the end. */
  put(lane: number): void {
    this.#turns[(this.#head + this.#length - this.#first) & this.#mask] = lane
    this.#length++
  }
}
