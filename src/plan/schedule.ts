import { uniforms } from '../stats/random.js'

/** How an open loop spaces its requests. */
export const ARRIVALS = ['constant', 'poisson'] as const
export type Arrivals = (typeof ARRIVALS)[number]

/**
 * When requests are meant to be sent: a sequence of ns since the schedule's start that depends on nothing but its
 * parameters. It does not move when the system is slow, which is what makes the loop open.
 */
export interface Schedule {
  /** The intended time of the next request. */
  readonly nextNs: number
  /** Goes on to the one after it. */
  advance(): void
}

class ConstantSchedule implements Schedule {
  #count = 0
  constructor(
    readonly gapNs: number,
    readonly offsetNs: number,
  ) {}

  /** From the count, not by adding gaps up: sums of rounded gaps would drift. */
  get nextNs(): number {
    return this.offsetNs + this.#count * this.gapNs
  }

  advance(): void {
    this.#count++
  }
}

class PoissonSchedule implements Schedule {
  nextNs = 0
  readonly #uniform: () => number

  constructor(
    readonly gapNs: number,
    seed: number,
  ) {
    this.#uniform = uniforms(seed)
    this.advance()
  }

  /** Exponential gaps by inversion: −ln(1 − U) has mean 1, and 1 − U is never 0. */
  advance(): void {
    this.nextNs -= Math.log(1 - this.#uniform()) * this.gapNs
  }
}

export interface ScheduleOptions {
  arrivals: Arrivals
  /** mean requests per second, > 0 */
  rateHz: number
  /** when the first request of a constant schedule is due, ns: spreads several workers over one gap */
  offsetNs?: number
  /** of the Poisson process */
  seed: number
}

/** Makes a schedule: equal gaps, or a Poisson process. */
export function createSchedule({ arrivals, rateHz, offsetNs = 0, seed }: ScheduleOptions): Schedule {
  const gapNs = 1e9 / rateHz
  return arrivals === 'constant' ? new ConstantSchedule(gapNs, offsetNs) : new PoissonSchedule(gapNs, seed)
}
