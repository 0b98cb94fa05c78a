import { bisect } from './bisection.js'
import { chiSquareQuantile, noncentralChiSquareTail } from './chi-square.js'

/** The usual demand on a test (Cohen, "Statistical Power Analysis", 1988): a skew of that size is found in 4 of 5 runs. */
const POWER = 0.8

/**
 * Noncentrality N·w² at which the χ² test over `members` at `alpha` has the power above. It does not depend
 * on N, so one number answers both questions below. 0 where there is nothing to tell apart: one member.
 */
function requiredNoncentrality(members: number, alpha: number): number {
  const df = members - 1
  if (df === 0 || alpha >= POWER) return 0
  const critical = chiSquareQuantile(alpha, df)
  return bisect((noncentrality) => noncentralChiSquareTail(critical, df, noncentrality) < POWER, df)
}

/**
 * Smallest Cohen's w that `flows` over `members` show with 80 % power at `alpha`. A value above √(members − 1),
 * the w of all flows at one member, says that these flows cannot show any skew. Asymptotic, so a rough guide
 * below 5 flows per member.
 */
export function detectableEffect(flows: number, members: number, alpha: number): number {
  return Math.sqrt(requiredNoncentrality(members, alpha) / flows)
}

/** Flows that it takes to find Cohen's `w` (> 0) over `members` with 80 % power at `alpha`. */
export function flowsForEffect(w: number, members: number, alpha: number): number {
  return Math.ceil(requiredNoncentrality(members, alpha) / w ** 2)
}
