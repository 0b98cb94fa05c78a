import { bisect } from './bisection.js'
import { chiSquareQuantile, noncentralChiSquareTail } from './chi-square.js'

/** The usual demand on a test (Cohen, "Statistical Power Analysis", 1988): a skew of that size is found in 4 of 5 runs. */
const POWER = 0.8

/**
 * Noncentrality λ = N·w² at which χ² over `members` reaches `threshold` in 4 of 5 runs. 0 where even no skew at all
 * does.
 */
function requiredNoncentrality(threshold: number, df: number): number {
  if (noncentralChiSquareTail(threshold, df, 0) >= POWER) return 0
  return bisect((noncentrality) => noncentralChiSquareTail(threshold, df, noncentrality) < POWER, df)
}

/**
 * Smallest Cohen's w that `flows` over `members` show as significant (p below `alpha`) in 4 of 5 runs. A value above
 * √(members − 1), the w of all flows at one member, says that these flows cannot show any skew. 0 where there is
 * nothing to tell apart: one member. Asymptotic, so a rough guide below 5 flows per member.
 */
export function detectableEffect(flows: number, members: number, alpha: number): number {
  const df = members - 1
  return df === 0 ? 0 : Math.sqrt(requiredNoncentrality(chiSquareQuantile(alpha, df), df) / flows)
}

/** Flows that it takes to show Cohen's `w` (> 0) over `members` as significant in 4 of 5 runs. */
export function flowsForEffect(w: number, members: number, alpha: number): number {
  const df = members - 1
  return df === 0 ? 0 : Math.ceil(requiredNoncentrality(chiSquareQuantile(alpha, df), df) / w ** 2)
}

/**
 * Smallest Cohen's w that is both significant and beyond `bound` in 4 of 5 runs, where the effect that is held against
 * the bound is freed of what chance adds, √((χ² − df) / N): χ² must pass the critical value and df + N·bound². It is
 * always more than the bound, which a skew of its very size passes in half of all runs.
 */
export function effectBeyondBound(flows: number, members: number, alpha: number, bound: number): number {
  const df = members - 1
  if (df === 0) return 0
  const threshold = Math.max(chiSquareQuantile(alpha, df), df + flows * bound ** 2)
  return Math.sqrt(requiredNoncentrality(threshold, df) / flows)
}

/**
 * The interval that holds Cohen's w behind a χ² of `flows` over `members` with a confidence of 1 − alpha, half of alpha on either
 * side: the noncentralities under which as large a χ², or as small a one, is that rare (Steiger and Fouladi, Noncentrality
 * interval estimation, 1997). Asymptotic, as `detectableEffect` is.
 */
export function effectInterval(
  chiSquare: number,
  flows: number,
  members: number,
  alpha: number,
): [low: number, high: number] {
  const df = members - 1
  if (df === 0) return [0, 0]
  const noncentrality = (tail: number): number =>
    noncentralChiSquareTail(chiSquare, df, 0) >= tail
      ? 0
      : bisect((guess) => noncentralChiSquareTail(chiSquare, df, guess) < tail, df)
  return [Math.sqrt(noncentrality(alpha / 2) / flows), Math.sqrt(noncentrality(1 - alpha / 2) / flows)]
}
