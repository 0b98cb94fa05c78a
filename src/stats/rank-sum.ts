import { doubledRanks, haveTies } from './ranks.js'
import { shiftOf, twoSidedP, type Shift } from './shift.js'

/**
 * By how much the values of `next` are shifted against those of `base`, two independent samples of at least one value each: the
 * test of Mann and Whitney (Annals of Mathematical Statistics 18, 1947), exact for any number of values and with ties, for which
 * it is the permutation test of the mean ranks. The work grows with the fourth power of the sizes: a second for 100 and 100
 * with ties.
 */
export function rankSumShift(base: readonly number[], next: readonly number[]): Shift {
  const pairwise = Float64Array.from(next.flatMap((y) => base.map((x) => y - x))).toSorted()
  const chances = untied(base.length, next.length)
  const all = [...base, ...next]
  const above = pairwise.filter((difference) => difference > 0).length
  const pValue = haveTies(all) ? tiedPValue(all, base.length) : twoSidedP(chances, above)
  return shiftOf(pairwise, chances, pValue)
}

/** The least p-value that samples of these sizes can have: all values of one are above all of the other. */
export function leastRankSumP(base: number, next: number): number {
  let orders = 1
  for (let i = 1; i <= Math.min(base, next); i++) orders *= (base + next + 1 - i) / i
  return Math.min(1, 2 / orders)
}

/**
 * Chance of each statistic U, the number of pairs of which the second is greater: the greatest of all values belongs to the
 * first sample, and is in no such pair, or to the second, and is in one with each of the first (Mann and Whitney, 1947).
 */
function untied(firsts: number, seconds: number): Float64Array {
  let row = Array.from({ length: firsts + 1 }, () => Float64Array.of(1))
  for (let n = 1; n <= seconds; n++) {
    const next = [Float64Array.of(1)]
    for (let m = 1; m <= firsts; m++) {
      const chances = new Float64Array(m * n + 1)
      const [without, withOne] = [next[m - 1]!, row[m]!]
      for (let u = 0; u < without.length; u++) chances[u]! += (without[u]! * m) / (m + n)
      for (let u = 0; u < withOne.length; u++) chances[u + m]! += (withOne[u]! * n) / (m + n)
      next.push(chances)
    }
    row = next
  }
  return row[firsts]!
}

/** Two-sided p of the rank sum of the first so many of all values, among all ways to choose as many of them. */
function tiedPValue(all: readonly number[], firsts: number): number {
  const ranks = doubledRanks(all)
  const most = ranks.reduce((sum, rank) => sum + rank, 0)
  // Of how many ways to choose so many of the values seen so far each sum comes, as a share of all: no number overflows.
  const shares = Array.from({ length: firsts + 1 }, () => new Float64Array(most + 1))
  shares[0]![0] = 1
  let reach = 0
  for (const [seen, rank] of ranks.entries()) {
    reach += rank
    for (let chosen = Math.min(firsts, seen + 1); chosen >= 0; chosen--) {
      const [own, fewer] = [shares[chosen]!, shares[chosen - 1]]
      const total = seen + 1
      for (let sum = reach; sum >= 0; sum--)
        own[sum] =
          (own[sum]! * (total - chosen) + (fewer && sum >= rank ? fewer[sum - rank]! * chosen : 0)) / total
    }
  }
  const observed = ranks.slice(0, firsts).reduce((sum, rank) => sum + rank, 0)
  return twoSidedP(shares[firsts]!, observed)
}
