import type { Source } from './driver.js'
import { chooseFlows, type FlowChoice } from './flow-choice.js'

export interface WeightedLoopOptions {
  /** one weight a lane */
  weights: Float64Array
  /** requests in flight over all flows */
  inFlight: number
  seed: number
  /** sending ends after this time */
  durationNs: number | undefined
  /** or after this many requests */
  requests: number
  /** or when nobody answers any more; absent where time ends it */
  silence?: { readonly ofAll: boolean; readonly ofSome: boolean } | undefined
  /** or when so many requests were given up, and some member is silent */
  mostGivenUp?: number
}

/** A closed loop that draws each request's flow by weight, whether the flow is idle or not. */
export class WeightedLoop implements Source {
  flowsGivenUp = 0
  #givenUp = 0
  readonly #options: WeightedLoopOptions
  readonly #flows: FlowChoice
  #remaining: number
  #endNs = Infinity

  constructor(options: WeightedLoopOptions) {
    this.#options = options
    this.#flows = chooseFlows(options.weights.length, options.weights, options.seed)
    this.#remaining = options.requests
  }

  start(nowNs: number): void {
    this.#endNs = nowNs + (this.#options.durationNs ?? Infinity)
  }

  due(_nowNs: number, waiting: number, lanes: Int32Array): number {
    const count = Math.max(0, Math.min(lanes.length, this.#options.inFlight - waiting, this.#remaining))
    for (let i = 0; i < count; i++) lanes[i] = this.#flows.next()
    this.#remaining -= count
    return count
  }

  release(): void {}

  givenUp(): void {
    this.#givenUp++
  }

  asksAgain(): boolean {
    return false
  }

  askedAgain(): void {}

  idleNs(nowNs: number, waiting: number): number {
    if (waiting < this.#options.inFlight && this.#remaining > 0) return 0
    return Math.max(0, this.#endNs - nowNs)
  }

  finished(nowNs: number): boolean {
    const { silence, mostGivenUp = Infinity, weights } = this.#options
    if (this.#remaining > 0 && silence?.ofSome && this.#givenUp >= mostGivenUp) {
      // Which of them were asked too little is a matter of their weights.
      this.flowsGivenUp = weights.length
      this.#remaining = 0
    }
    return this.#remaining === 0 || nowNs >= this.#endNs || silence?.ofAll === true
  }

  arrears(): number {
    return 0
  }
}
