import { WeightedDraw } from '../stats/weighted-draw.js'

/** Which flow is asked next, where that does not depend on replies. */
export interface FlowChoice {
  next(): number
}

/** A round robin in the order of the lanes, whose ports are a random draw already (see FlowQueue). */
class RoundRobin implements FlowChoice {
  #next = 0

  constructor(readonly flows: number) {}

  next(): number {
    const lane = this.#next
    this.#next = lane + 1 === this.flows ? 0 : lane + 1
    return lane
  }
}

/** Chooses among `flows` lanes: by weight where weights are given, else each in its turn. */
export function chooseFlows(flows: number, weights: Float64Array | undefined, seed: number): FlowChoice {
  return weights ? new WeightedDraw(weights, seed) : new RoundRobin(flows)
}
