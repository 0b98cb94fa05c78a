import type { Balance } from '../result/run-result.js'
import type { Imbalance, ImbalanceCause } from '../result/imbalance.js'
import { analyseBalance } from './balance.js'
import { fairCv } from './fair-band.js'
import type { ImbalanceInput } from './imbalance.js'
import { residuals } from './residuals.js'

export interface FlowSpread {
  part: Imbalance['parts']['hash']
  causes: ImbalanceCause[]
}

/** Below this Holm-adjusted p a member's number of flows is not chance. */
const ODD_MEMBER_P = 0.01

/**
 * What the flows prove when some of them were never answered. Those are not missing at random: they belong to members that
 * drop much. The most even spread that they allow is the one where they belong to the members with the fewest flows;
 * only what is skewed even so is the hash's doing.
 * @param counts flows per member, of those whose member is known
 */
export function mostEvenCompletion(counts: readonly number[], unknownFlows: number): number[] {
  const order = counts.map((count, index) => ({ count, index })).toSorted((a, b) => a.count - b.count)
  let rest = unknownFlows
  let level = order[0]?.count ?? 0
  let raised = 0
  // Raise the lowest to the level of the next, as long as there are flows for it.
  while (raised < order.length && rest > 0) {
    while (raised < order.length && order[raised]!.count <= level) raised++
    const next = raised < order.length ? order[raised]!.count : Infinity
    const step = Math.min(next - level, Math.floor(rest / raised))
    if (step === 0) break
    level += step
    rest -= step * raised
  }
  const full = [...counts]
  for (const { index, count } of order.slice(0, raised)) full[index] = Math.max(count, level)
  for (const { index } of order.slice(0, raised)) if (rest-- > 0) full[index]!++
  return full
}

/** The part of the hash: is the number of flows per member what a fair hash gives, and is that even? */
export function flowSpread({ members, unknown, unaskedFlows, balance, seed }: ImbalanceInput): FlowSpread {
  if (balance === undefined) return { part: { cv: 0, bound: 0, verdict: 'even' }, causes: [] }
  const known = members.map((member) => member.flows)
  const counts = unknown.flows > 0 ? mostEvenCompletion(known, unknown.flows) : known
  const tested = unknown.flows > 0 ? analyseBalance(counts, { seed }).balance : balance
  const { flows, cv, fairBand, effectBoundW, pValue, verdict } = tested
  const chance = (members.length - 1) / flows
  const part = { cv, bound: Math.max(fairBand.cv.p99, Math.sqrt(effectBoundW ** 2 + chance)) }
  const odd = oddMembers(counts)
  if (verdict === 'skewed')
    return {
      part: { ...part, verdict: 'uneven' },
      causes: [{ cause: 'hash', members: odd.beyondChance, size: cv, flows, pValue }],
    }
  if (cv > effectBoundW && chanceAlone(tested, members.length, unaskedFlows))
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
