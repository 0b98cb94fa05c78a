import type { RunResult } from '../../result/run-result.js'
import type { RepeatResult } from '../../result/repeat-result.js'
import { affinityRun, judgeAffinity } from '../claims/affinity-claim.js'
import { balanceDraw, judgeBalance } from '../claims/balance-claim.js'

/**
 * What independent draws say together of affinity, and of balance where it can be tested: as `verify` judges them.
 * @param draws those that are measurements, in the order of time
 * @param planned how many there should be
 */
export function poolClaims(
  draws: readonly RunResult[],
  planned: number,
): NonNullable<RepeatResult['claims']> {
  const runs = draws.map((result) => affinityRun(result, result.schedule ? 'open loop' : 'closed loop'))
  const violations = draws.flatMap(({ affinity }) => affinity.violations ?? [])
  // The sum of χ² has the χ² distribution only where each does; flows too few for that have p-values of their own, and
  // of one member alone there is nothing to test.
  const tested = draws.filter(
    ({ balance }) => balance?.method === 'chi-square' && balance.degreesOfFreedom > 0,
  )
  return [
    judgeAffinity(runs, violations, planned),
    ...(tested.length > 0
      ? [
          judgeBalance(
            tested.flatMap((result) => balanceDraw(result) ?? []),
            planned,
          ),
        ]
      : []),
  ]
}
