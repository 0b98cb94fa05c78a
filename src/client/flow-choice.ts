import { shuffled } from '../plan/shuffle.js'
import { WeightedDraw } from '../plan/weighted-draw.js'

/** Which flow is asked next, where that does not depend on replies. */
export interface FlowChoice {
  next(): number
}

/** A shuffled round robin: every flow once a round. */
class RoundRobin implements FlowChoice {
  readonly #order: Uint32Array
  #at = 0

  constructor(flows: number, seed: number) {
    this.#order = shuffled(flows, seed)
  }

  next(): number {
    const slot = this.#order[this.#at]!
    this.#at = this.#at + 1 === this.#order.length ? 0 : this.#at + 1
    return slot
  }
}

/** Chooses among `flows` slots: by weight where weights are given, else each in its turn. */
export function chooseFlows(flows: number, weights: Float64Array | undefined, seed: number): FlowChoice {
  return weights ? new WeightedDraw(weights, seed) : new RoundRobin(flows, seed)
}
