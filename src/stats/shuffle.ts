import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { generatorOf } from './random.js'

/** A draw of less than this share of the range keeps what it has moved, not the whole range. */
const SPARSE_SHARE = 1 / 16

/**
 * The numbers 0 … n−1 in an order that the seed decides (Fisher–Yates), or the first `count` of that order. A few
 * out of billions are cheap.
 */
export function shuffled(n: number, seed: number, count = n): Uint32Array {
  const random = generatorOf(seed)
  if (count < n * SPARSE_SHARE) {
    // Places that still hold their own number are not stored.
    const moved = new Map<number, number>()
    return Uint32Array.from({ length: count }, (_, i) => {
      const j = uniformInt(random, i, n - 1)
      const drawn = moved.get(j) ?? j
      moved.set(j, moved.get(i) ?? i)
      return drawn
    })
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = 0; i < Math.min(count, n - 1); i++) {
    const j = uniformInt(random, i, n - 1)
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order.slice(0, count)
}
