import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** MurmurHash3's 32-bit finalizer (Austin Appleby): a bijection in which every bit of the input moves every other. */
export function scrambled(seed: number): number {
  let h = (seed + 0x9e_37_79_b9) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85_eb_ca_6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2_b2_ae_35)
  return h ^ (h >>> 16)
}

/**
 * A seeded generator for pure-rand's distributions. The seed is scrambled: xoroshiro128+ is linear, and from the
 * seeds 1, 2, 3 … of repetitions, workers and waves it gives sequences that run in step.
 */
export function generatorOf(seed: number): ReturnType<typeof xoroshiro128plus> {
  return xoroshiro128plus(scrambled(seed))
}

/** A seeded source of numbers in [0, 1). */
export function uniforms(seed: number): () => number {
  const generator = generatorOf(seed)
  return () => uniformFloat64(generator)
}
