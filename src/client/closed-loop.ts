import type { Source } from './driver.js'
import { FlowQueue } from './flow-queue.js'

export interface ClosedLoopOptions {
  /** lanes 0 … flows−1 are used */
  flows: number
  /** requests in flight over all flows */
  inFlight: number
  /**
   * sending ends after this time, but not before every flow was used once; unless so many requests were given up that
   * the others would be used at the pace of deadlines
   */
  durationNs?: number | undefined
  /** the time alone ends it, whatever flows had no turn */
  strictly?: boolean
  /** requests given up from which on that is so; and from which on it ends while a member is silent with whom no flows go */
  mostGivenUp?: number
  /** or when every flow was asked this often */
  requestsPerFlow?: number | undefined
  /** with that: which flows are asked no more after they went unanswered, and when nobody is */
  silence?: FlowSilence | undefined
}

/** Who is silent, by lane. */
export interface FlowSilence {
  /** whether a lane that went unanswered may be left */
  of(lane: number, nowNs: number): boolean
  readonly ofAll: boolean
  /** whether one is silent whose flows cannot be left, since each datagram is placed anew */
  readonly ofSome: boolean
}

/** A closed loop: a bounded number of requests in flight, flows visited in a round robin. */
export class ClosedLoop implements Source {
  readonly #queue: FlowQueue
  readonly #options: ClosedLoopOptions
  readonly #asked: Uint32Array
  #unused: number
  #endNs = Infinity
  /** turns that are neither queued nor in flight any more, because their flow was asked often enough */
  #remaining: number
  /** requests that went unanswered */
  #givenUp = 0
  flowsGivenUp = 0

  constructor(options: ClosedLoopOptions) {
    const turns = Math.max(1, Math.ceil(options.inFlight / options.flows))
    this.#options = options
    this.#queue = new FlowQueue(options.flows, turns)
    this.#asked = new Uint32Array(options.flows)
    this.#unused = options.flows
    this.#remaining =
      options.requestsPerFlow === undefined ? Infinity : options.requestsPerFlow * options.flows
  }

  start(nowNs: number): void {
    this.#endNs = nowNs + (this.#options.durationNs ?? Infinity)
  }

  due(nowNs: number, waiting: number, lanes: Int32Array): number {
    const { requestsPerFlow = Infinity, inFlight } = this.#options
    let room = Math.min(lanes.length, inFlight - waiting)
    let count = 0
    while (room > 0 && this.#queue.length > 0 && this.#remaining > 0) {
      const lane = this.#queue.take()
      if (this.#unused === 0 && requestsPerFlow === Infinity) {
        // Nothing depends on how often this flow was asked: spare the cache its counter.
        lanes[count++] = lane
        room--
        continue
      }
      const asked = this.#asked[lane]!
      // A flow that was asked often enough leaves the round: its turn is not put back.
      if (asked >= requestsPerFlow) continue
      if (asked > 0 && this.#givenUp > 0 && this.#options.silence?.of(lane, nowNs)) {
        this.#leave(lane, requestsPerFlow - asked)
        continue
      }
      if (asked === 0) this.#unused--
      this.#asked[lane] = asked + 1
      this.#remaining--
      lanes[count++] = lane
      room--
    }
    return count
  }

  /** A flow is asked no more: its other turns leave the round as those of a flow that was asked often enough. */
  #leave(lane: number, unasked: number): void {
    this.#asked[lane]! += unasked
    this.#remaining -= unasked
    this.flowsGivenUp++
  }

  release(lane: number): void {
    const { requestsPerFlow } = this.#options
    // One that was asked often enough leaves the round.
    if (requestsPerFlow === undefined || this.#asked[lane]! < requestsPerFlow) this.#queue.put(lane)
  }

  givenUp(lane: number): void {
    this.#givenUp++
    this.#queue.put(lane)
  }

  asksAgain(nowNs: number, waiting: number): boolean {
    // With nobody in line, the flow that is released next is also the one to ask next.
    const everyTurnIsOut = this.#queue.length === 0 && waiting <= this.#options.inFlight
    return everyTurnIsOut && this.#unused === 0 && this.#remaining === Infinity && nowNs < this.#endNs
  }

  askedAgain(): void {
    if (this.#queue.length > 0) this.#queue.take()
  }

  idleNs(nowNs: number, waiting: number): number {
    if (waiting < this.#options.inFlight && this.#queue.length > 0 && this.#remaining > 0) return 0
    return Math.max(0, this.#endNs - nowNs)
  }

  arrears(): number {
    return 0
  }

  finished(nowNs: number): boolean {
    const { silence, strictly, mostGivenUp = Infinity } = this.#options
    if (this.#remaining === 0 || silence?.ofAll) return true
    if (silence?.ofSome && this.#givenUp >= mostGivenUp) {
      this.#giveUpAll()
      return true
    }
    if (nowNs < this.#endNs) return false
    return strictly || this.#unused === 0 || this.#givenUp >= mostGivenUp
  }

  /** No flow is asked any more. */
  #giveUpAll(): void {
    const { requestsPerFlow = 0 } = this.#options
    this.flowsGivenUp += this.#asked.reduce((count, asked) => count + Number(asked < requestsPerFlow), 0)
    this.#remaining = 0
  }
}
