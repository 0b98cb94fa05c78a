import type { Balance } from '../../result/run-result.js'
import type { Imbalance, ImbalanceCause } from '../../result/imbalance.js'
import { fairCv } from '../../stats/fair-band.js'
import type { ImbalanceInput } from './imbalance-input.js'
import { residuals } from '../../stats/residuals.js'

export interface FlowSpread {
  part: Imbalance['parts']['hash']
  causes: ImbalanceCause[]
}

/** Below this Holm-adjusted p a member's number of flows is not chance. */
const ODD_MEMBER_P = 0.01

/**
 * The part of the hash: is the number of flows per member what a fair hash gives, and is that even? It is the verdict of
 * the balance line and nothing else, so that a report never says two things.
 */
export function flowSpread({ members, unaskedFlows, balance }: ImbalanceInput): FlowSpread {
  if (balance === undefined || balance.verdict === 'unknown')
    return { part: { verdict: 'unknown' }, causes: [] }
  const { flows, cv, fairBand, effectBoundW, pValue, verdict } = balance
  const chance = (members.length - 1) / flows
  const part = { cv, bound: Math.max(fairBand.cv.p99, Math.sqrt(effectBoundW ** 2 + chance)) }
  const odd = oddMembers(balance.flowsPerMember)
  if (verdict === 'skewed')
    return {
      part: { ...part, verdict: 'uneven' },
      causes: [{ cause: 'hash', members: odd.beyondChance, size: cv, flows, pValue }],
    }
  if (cv > effectBoundW && chanceAlone(balance, members.length, unaskedFlows))
    return {
      part: { ...part, verdict: 'underpowered' },
      causes: [{ cause: 'few-flows', members: odd.furthest, size: cv, flows, fairCv: fairBand.cv.p99 }],
    }
  return { part: { ...part, verdict: 'even' }, causes: [] }
}

/** Whether all flows of the plan are so few that a fair hash spreads them beyond the effect bound now and then. */
function chanceAlone({ flows, effectBoundW }: Balance, members: number, unaskedFlows: number): boolean {
  return fairCv(flows + unaskedFlows, members).p99 > effectBoundW
}

/** Members whose number of flows is not chance, and those one standard deviation or more from the mean. */
function oddMembers(counts: readonly number[]): { beyondChance: number[]; furthest: number[] } {
  const all = residuals(counts)
  const indexes = (odd: (residual: (typeof all)[number]) => boolean): number[] =>
    all.flatMap((residual, index) => (odd(residual) ? [index] : []))
  return {
    beyondChance: indexes(({ residualPValue }) => residualPValue < ODD_MEMBER_P),
    furthest: indexes(({ residual }) => Math.abs(residual) >= 1),
  }
}
