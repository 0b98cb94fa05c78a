import { doubledRanks, haveTies } from './ranks.js'
import { shiftOf, twoSidedP, type Shift } from './shift.js'

/**
 * By how much differences of pairs, at least one, are shifted against 0: the permutation test of their signs on ranks, in which
 * each pair may as well have been the other way round (Wilcoxon, Biometrics Bulletin 1, 1945). Exact for any number of pairs and
 * with ties, for which it is the permutation test of the mean ranks; pairs without a difference have no sign and do not count.
 */
export function signedRankShift(differences: readonly number[]): Shift {
  const means = differences.flatMap((a, i) => differences.slice(i).map((b) => (a + b) / 2))
  // The number of these means above 0 is the sum of the ranks of the positive differences (Tukey, 1949).
  const pairwise = Float64Array.from(means).toSorted()
  const chances = signSums(differences.map((_, i) => i + 1))
  const above = pairwise.filter((mean) => mean > 0).length
  const sized = differences.filter((difference) => difference !== 0)
  const pValue =
    sized.length < differences.length || haveTies(differences.map(Math.abs))
      ? tiedPValue(sized)
      : twoSidedP(chances, above)
  return shiftOf(pairwise, chances, pValue)
}

/** The least p-value that so many pairs can have: all differ in the same direction. */
export const leastSignedRankP = (pairs: number): number => Math.min(1, 2 * 0.5 ** pairs)

/** Chance of each sum of those ranks whose sign is positive, as every sign is with one half. */
function signSums(ranks: readonly number[]): Float64Array {
  const chances = new Float64Array(ranks.reduce((sum, rank) => sum + rank, 0) + 1)
  chances[0] = 1
  let reach = 0
  for (const rank of ranks) {
    reach += rank
    for (let sum = reach; sum >= 0; sum--)
      chances[sum] = (chances[sum]! + (sum >= rank ? chances[sum - rank]! : 0)) / 2
  }
  return chances
}

function tiedPValue(differences: readonly number[]): number {
  const ranks = doubledRanks(differences.map(Math.abs))
  const observed = ranks.reduce((sum, rank, i) => (differences[i]! > 0 ? sum + rank : sum), 0)
  return twoSidedP(signSums(ranks), observed)
}
