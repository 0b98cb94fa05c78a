import { generatorOf } from './random.js'
/** Draws of one test: p reaches down to 1/10001, below every alpha in use and below the too-even bound. */
const DRAWS = 10_000

/** Fewer draws would make p useless at alpha 0.01. */
const LEAST_DRAWS = 999

/** Placements of one flow that a test may cost (well under a second): binds from 400 members on. */
const PLACEMENTS = 20_000_000

/**
 * χ² statistics of seeded multinomial draws of `flows` (≥ 1) over `members` (≥ 1) equal cells, ascending: what
 * a fair hash gives when the expected count is too small for the χ² distribution. The same arguments give
 * the same draws. Meant for flows < 5 · members; the work grows with flows.
 *
 * @param groups into so many alike parts flows and members are divided, so that each flow falls on its own part, and the
 *   statistic is the sum of theirs
 */
export function fairChiSquares(flows: number, members: number, seed: number, groups = 1): Float64Array {
  const random = generatorOf(seed)
  random.jump() // neighbouring seeds differ in few bits of the first state; the jump parts their streams
  const draws = Math.max(LEAST_DRAWS, Math.min(DRAWS, Math.floor(PLACEMENTS / flows)))
  const statistics = new Float64Array(draws)
  const each = members / groups
  const counts = new Uint32Array(each)
  const perWord = each / 2 ** 32
  const cut = (group: number): number => Math.floor((flows * group) / groups)
  for (let draw = 0; draw < draws; draw++)
    for (let group = 0; group < groups; group++) {
      const own = cut(group + 1) - cut(group)
      if (own === 0) continue
      counts.fill(0)
      let squares = 0
      for (let flow = 0; flow < own; flow++) {
        // The kernel's own reciprocal_scale; a double holds the product and its bias, members / 2^32, is nothing.
        const cell = Math.floor((random.next() >>> 0) * perWord)
        const before = counts[cell]!
        squares += 2 * before + 1 // n² grows by that when n grows by one
        counts[cell] = before + 1
      }
      statistics[draw]! += fromSquares(squares, own, each)
    }
  return statistics.toSorted()
}

/** χ² = k/N · Σ n² − N. */
function fromSquares(squares: number, flows: number, members: number): number {
  return (members * squares) / flows - flows
}

/**
 * Where an observed statistic stands among `sorted` (ascending, from `fairChiSquares`): the share of fair draws
 * at least as uneven (`upper`, the p-value) and at least as even (`lower`), each (r + 1) / (B + 1)
 * (Davison & Hinkley 1997, 4.2). Draws equal to the observation belong to both; as it was computed by another
 * formula, equal means within 1e-9 of it, far less than the gap 2k/N between two values of the statistic.
 */
export function monteCarloTails(observed: number, sorted: Float64Array): { upper: number; lower: number } {
  const tolerance = 1e-9 * Math.max(1, observed)
  const below = countBelow(sorted, observed - tolerance)
  const notAbove = countBelow(sorted, observed + tolerance)
  const all = sorted.length + 1
  return { upper: (sorted.length - below + 1) / all, lower: (notAbove + 1) / all }
}

/** How many values of `sorted` are below `bound`. */
function countBelow(sorted: Float64Array, bound: number): number {
  const first = sorted.findIndex((value) => value >= bound)
  return first < 0 ? sorted.length : first
}
