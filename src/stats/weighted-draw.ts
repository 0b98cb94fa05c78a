import { uniforms } from './random.js'

/**
 * Draws indexes in proportion to their weights, in constant time: Walker's alias method in Vose's form (M. D. Vose,
 * A linear algorithm for generating random numbers with a given distribution, IEEE TSE 17, 1991).
 */
export class WeightedDraw {
  readonly #threshold: Float64Array
  readonly #alias: Uint32Array
  readonly #uniform: () => number

  /** @param weights non-negative, at least one above 0 */
  constructor(weights: Float64Array, seed: number) {
    const n = weights.length
    const total = weights.reduce((sum, w) => sum + w, 0)
    const scaled = weights.map((w) => (w * n) / total)
    this.#threshold = new Float64Array(n).fill(1)
    this.#alias = Uint32Array.from({ length: n }, (_, i) => i)
    const small: number[] = []
    const large: number[] = []
    scaled.forEach((w, i) => (w < 1 ? small : large).push(i))
    while (small.length > 0 && large.length > 0) {
      const less = small.pop()!
      const more = large.pop()!
      this.#threshold[less] = scaled[less]!
      this.#alias[less] = more
      scaled[more] = scaled[more]! - (1 - scaled[less]!)
      ;(scaled[more] < 1 ? small : large).push(more)
    }
    this.#uniform = uniforms(seed)
  }

  next(): number {
    const u = this.#uniform() * this.#threshold.length
    const cell = Math.floor(u)
    return u - cell < this.#threshold[cell]! ? cell : this.#alias[cell]!
  }
}
