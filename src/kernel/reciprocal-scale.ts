/**
 * Scales a 32-bit hash to an index in [0, n): floor(hash · n / 2^32), which the kernel uses in place of `hash % n`.
 * Exact for every u32 pair without BigInt: n is split into halves of 16 bits, so no intermediate value passes 2^49.
 * Source: `reciprocal_scale`, include/linux/kernel.h (Linux 3.19), include/linux/math.h since 5.11.
 *
 * @param hash u32
 * @param n u32, the number of slots
 */
export function reciprocalScale(hash: number, n: number): number {
  const low = hash * (n & 0xffff)
  const high = hash * (n >>> 16)
  return Math.floor((high + Math.floor(low / 0x1_0000)) / 0x1_0000)
}

/**
 * The next value of the generator that the chain walk draws from, x · 1664525 + 1013904223 mod 2^32 (the
 * "quick and dirty" generator of Numerical Recipes, § 7.1).
 * Source: `next_pseudo_random32`, include/linux/random.h (Linux 3.9).
 *
 * @param x u32
 */
export function nextPseudoRandom32(x: number): number {
  return (Math.imul(x, 1664525) + 1013904223) >>> 0
}
