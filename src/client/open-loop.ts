import { createSchedule, type Arrivals, type Schedule } from '../plan/schedule.js'
import type { Source } from './driver.js'
import { chooseFlows, type FlowChoice } from './flow-choice.js'

export interface OpenLoopOptions {
  /** lanes 0 … flows−1 are used */
  flows: number
  weights: Float64Array | undefined
  rateHz: number
  arrivals: Arrivals
  /** share of a gap by which a constant schedule starts late, 0 to 1 */
  phase: number
  seed: number
  /** requests intended within this time are sent; without weights at least one per flow */
  durationNs: number
  /** how long after its end the schedule's arrears may still be sent */
  graceNs: number
}

/** An open loop: requests are due when the schedule says so, whatever became of earlier ones. */
export class OpenLoop implements Source {
  readonly flowsGivenUp = 0
  readonly #options: OpenLoopOptions
  readonly #schedule: Schedule
  readonly #flows: FlowChoice
  readonly #least: number
  #taken = 0
  /** the schedule's time 0, and its end, ns since the run's epoch */
  #startNs = 0
  #endNs = 0

  constructor(options: OpenLoopOptions) {
    const { rateHz, arrivals, seed, phase } = options
    this.#options = options
    this.#schedule = createSchedule({ arrivals, rateHz, offsetNs: (phase * 1e9) / rateHz, seed })
    this.#flows = chooseFlows(options.flows, options.weights, seed)
    this.#least = options.weights ? 0 : options.flows
  }

  get #nextNs(): number {
    return this.#startNs + this.#schedule.nextNs
  }

  /** Whether the schedule has a request beyond its end, so that nothing more is to be sent. */
  get #exhausted(): boolean {
    return this.#nextNs >= this.#endNs && this.#taken >= this.#least
  }

  start(nowNs: number): void {
    this.#startNs = nowNs
    this.#endNs = nowNs + this.#options.durationNs
  }

  due(nowNs: number, _waiting: number, lanes: Int32Array, intendedNs: Float64Array): number {
    let count = 0
    while (count < lanes.length && this.#nextNs <= nowNs && !this.#exhausted) {
      lanes[count] = this.#flows.next()
      intendedNs[count] = this.#nextNs
      this.#schedule.advance()
      this.#taken++
      count++
    }
    return count
  }

  release(): void {}

  givenUp(): void {}

  asksAgain(): boolean {
    return false
  }

  askedAgain(): void {}

  idleNs(nowNs: number): number {
    return Math.max(0, (this.#exhausted ? this.#endNs : this.#nextNs) - nowNs)
  }

  finished(nowNs: number): boolean {
    if (this.#exhausted) return nowNs >= this.#endNs
    return nowNs >= this.#endNs + this.#options.graceNs
  }

  /** Requests that were due by `nowNs` and have not been taken. Uses the schedule up. */
  arrears(nowNs: number): number {
    let count = 0
    for (; this.#nextNs <= nowNs && !this.#exhausted; count++) this.#schedule.advance()
    return count
  }
}
