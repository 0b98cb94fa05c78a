import { flagOf } from '../../plan/parameters/table.js'
import type { BalanceEvidence } from '../../result/claim-evidence.js'
import type { RunResult } from '../../result/run-result.js'
import type { ClaimOf, Ruling } from '../../result/verify-result.js'
import { formatCount, formatPercent } from '../../units/format.js'
import { EFFECT_BOUND_W, effectBeyondChance } from '../balance/balance.js'
import { fairBand } from '../../stats/fair-band.js'
import { holmAdjust } from '../../stats/holm.js'
import { poolBalances } from '../balance/pooled-balance.js'
import { testUniformity } from '../../stats/uniformity.js'
import { CLAIM_ALPHA, fails, holds, invalidRun, claimRun, untold } from './ruling.js'

/** A repetition before it is seen among the others. */
type Draw = Omit<BalanceEvidence['repetitions'][number], 'adjustedPValue' | 'skewW'>

/** A run as a draw; undefined where no flow got a reply. */
export function balanceDraw(
  result: Pick<RunResult, 'group' | 'plan' | 'validity' | 'balance'>,
): Draw | undefined {
  const { balance } = result
  if (balance === undefined) return undefined
  const { flows, chiSquare, degreesOfFreedom, pValue, maxOverMean, verdict } = balance
  const { flowsPerMember, basis, unansweredShare } = balance
  return {
    ...claimRun(result),
    flows,
    chiSquare,
    degreesOfFreedom,
    pValue,
    maxOverMean,
    flowsPerMember,
    basis,
    unansweredShare,
    verdict,
  }
}

/**
 * Whether different flows spread evenly, over independent draws. It fails only where they are skewed significantly
 * and by more than matters, all together or one of them; p-values that do not look uniform are evidence, not a verdict.
 * @param planned how many draws there should be
 */
export function judgeBalance(draws: readonly Draw[], planned: number): ClaimOf<'balance'> {
  const [first] = draws
  if (first === undefined) return { id: 'balance', ...untold('No flow got a reply, so there is no spread.') }
  const adjusted = holmAdjust(draws.map(({ pValue }) => pValue))
  const evidence: BalanceEvidence = {
    repetitions: draws.map((draw, i) => ({
      ...draw,
      adjustedPValue: adjusted[i]!,
      skewW: effectBeyondChance(draw.chiSquare, draw.degreesOfFreedom, draw.flows),
    })),
    pooled: poolBalances(draws, CLAIM_ALPHA, EFFECT_BOUND_W),
    uniformity: testUniformity(draws.map(({ pValue }) => pValue)),
    fairBand: { maxOverMean: fairBand(first.flows, first.flowsPerMember.length).maxOverMean },
    alpha: CLAIM_ALPHA,
    effectBoundW: EFFECT_BOUND_W,
  }
  return { id: 'balance', ...ruleOn(evidence, planned), evidence }
}

function ruleOn({ repetitions, pooled, alpha, effectBoundW }: BalanceEvidence, planned: number): Ruling {
  const counted = repetitions.filter(
    ({ validity, verdict }) => validity !== 'invalid' && verdict !== 'unknown',
  )
  const bound = formatPercent(effectBoundW, 0)
  const skewed = counted.filter((r) => r.adjustedPValue < alpha && r.skewW > effectBoundW)
  if (skewed.length > 0) {
    const worst = Math.max(...skewed.map(({ skewW }) => skewW))
    return fails(
      `Flows do not spread evenly: ${skewed.length} of ${repetitions.length} draws are skewed, by up to ${formatPercent(worst)}, where up to ${bound} does not matter.`,
    )
  }
  const invalid = invalidRun(repetitions)
  if (invalid) return invalid
  const unknown = repetitions.find(({ verdict }) => verdict === 'unknown')
  if (unknown)
    return untold(
      `In the run on port ${unknown.port} ${formatPercent(unknown.unansweredShare)} of the flows never got a reply, and where they were put is not known.`,
    )
  if (pooled.pValue < alpha && pooled.skewW > effectBoundW)
    return fails(
      `Flows do not spread evenly: all draws together are skewed by ${formatPercent(pooled.skewW)}, where up to ${bound} does not matter.`,
    )
  if (repetitions.length < planned)
    return untold(`Interrupted after ${repetitions.length} of ${planned} draws, which were not skewed.`)
  if (pooled.detectableW > effectBoundW)
    return untold(
      `So few flows show a skew from ${formatPercent(pooled.detectableW)} on only, and ${bound} would matter: more ${flagOf('flows')} would tell.`,
    )
  if (pooled.pValue < alpha)
    return holds(
      `Different flows spread unevenly, but below the bound: by ${formatPercent(pooled.skewW)} over ${formatCount(pooled.flows)} flows in ${repetitions.length} fresh draws, where up to ${bound} does not matter.`,
    )
  return holds(
    `Different flows spread evenly: ${formatCount(pooled.flows)} flows in ${repetitions.length} fresh draws, not skewed beyond the ${bound} from which it matters.`,
  )
}
