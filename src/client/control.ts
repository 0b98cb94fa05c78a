import type { EndedConnections } from '../recording/loss-reading.js'

const STOP = 0
/** Values of the stop word. */
const FINISH = 1
const AT_ONCE = 2
const FIRST_GATE = 1
const STATS = 6

/** Live figures of one worker, for the progress line. */
export interface LiveFigures {
  sent: number
  replied: number
  lost: number
  flowsUsed: number
}

/**
 * Memory shared by the parent and its load workers: a stop flag that a worker in its loop sees at once, a barrier per
 * worker at which it waits for the parent, and live figures, so that no message is sent per packet.
 */
export class Control {
  readonly #words: Int32Array
  readonly #stats: Float64Array

  /** @param memory as `Control.memory(workers)` made it */
  constructor(readonly memory: SharedArrayBuffer) {
    const workers = memory.byteLength / (8 * (STATS + 1)) - 1
    this.#stats = new Float64Array(memory, 0, workers * STATS)
    this.#words = new Int32Array(memory, workers * STATS * 8)
  }

  static memory(workers: number): SharedArrayBuffer {
    return new SharedArrayBuffer((workers + 1) * 8 * (STATS + 1))
  }

  /** Ends everything as soon as possible. */
  stop(): void {
    Atomics.store(this.#words, STOP, AT_ONCE)
  }

  /** Ends the sending; replies are waited for as at the end of a schedule. */
  finish(): void {
    Atomics.compareExchange(this.#words, STOP, 0, FINISH)
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) === AT_ONCE
  }

  /** Whether there is nothing more to send. */
  get finished(): boolean {
    return Atomics.load(this.#words, STOP) !== 0
  }

  /** Parent: lets a worker pass the barrier it waits at, or will come to next. */
  open(worker: number): void {
    Atomics.add(this.#words, FIRST_GATE + worker, 1)
    Atomics.notify(this.#words, FIRST_GATE + worker)
  }

  /** Worker: waits until the parent has opened its barrier once more than it has passed. Blocks the thread. */
  pass(worker: number, passed: number): void {
    Atomics.wait(this.#words, FIRST_GATE + worker, passed)
  }

  publish(worker: number, sent: number, replied: number, lost: number, flowsUsed: number): void {
    const at = worker * STATS
    this.#stats[at] = sent
    this.#stats[at + 1] = replied
    this.#stats[at + 2] = lost
    this.#stats[at + 3] = flowsUsed
  }

  /** Of flows over TCP, since they were opened. */
  publishConnections(worker: number, { resetByServer, closedByServer }: EndedConnections): void {
    const at = worker * STATS
    this.#stats[at + 4] = resetByServer
    this.#stats[at + 5] = closedByServer
  }

  /** How many requests the worker has sent that has sent the fewest. */
  get leastSent(): number {
    let least = Infinity
    for (let at = 0; at < this.#stats.length; at += STATS) least = Math.min(least, this.#stats[at]!)
    return least
  }

  /** The same of all workers together. */
  get ended(): EndedConnections {
    const sum: EndedConnections = { resetByServer: 0, closedByServer: 0 }
    for (let at = 0; at < this.#stats.length; at += STATS) {
      sum.resetByServer += this.#stats[at + 4]!
      sum.closedByServer += this.#stats[at + 5]!
    }
    return sum
  }

  /** The live figures of all workers together. */
  get figures(): LiveFigures {
    const sum: LiveFigures = {
      sent: 0,
      replied: 0,
      lost: 0,
      flowsUsed: 0,
    }
    for (let at = 0; at < this.#stats.length; at += STATS) {
      sum.sent += this.#stats[at]!
      sum.replied += this.#stats[at + 1]!
      sum.lost += this.#stats[at + 2]!
      sum.flowsUsed += this.#stats[at + 3]!
    }
    return sum
  }
}
