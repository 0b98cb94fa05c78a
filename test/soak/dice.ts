import { uniforms } from '../../src/stats/random.js'

/** Chance that can be had again: the same seed and case give the same draws. */
export class Dice {
  readonly #uniform: () => number

  constructor(seed: number, number: number) {
    this.#uniform = uniforms((Math.imul(seed, 1_000_003) + number) | 0)
  }

  chance(probability: number): boolean {
    return this.#uniform() < probability
  }

  pick<T>(among: readonly T[]): T {
    return among[Math.floor(this.#uniform() * among.length)]!
  }

  /** One of several, each as often as its weight says. */
  weighted<T>(among: readonly (readonly [T, weight: number])[]): T {
    let left = this.#uniform() * among.reduce((sum, [, weight]) => sum + weight, 0)
    return (among.find(([, weight]) => (left -= weight) < 0) ?? among.at(-1)!)[0]
  }

  /** A whole number from `least` to `most`, small ones as often as large ones by their magnitude. */
  size(least: number, most: number): number {
    return Math.min(most, Math.floor(least * ((most + 1) / least) ** this.#uniform()))
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#uniform() * (most - least + 1))
  }
}
