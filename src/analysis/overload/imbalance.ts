import type { Imbalance, ImbalanceCause, MemberLoad } from '../../result/imbalance.js'
import { delivery, type Delivery } from './delivery.js'
import { flowSpread } from './flow-spread.js'
import type { ImbalanceInput, MemberUnderLoad } from './imbalance-input.js'
import { requestTimeOf } from './member-time.js'
import { weightSpread } from './weight-spread.js'

/** The share of what is offered to a member from which on its being unanswered counts as overload. */
const OVERLOADED = 0.01

/**
 * Whether members get and deliver alike, and if not, which of three things it is. A member's part of what is delivered
 * is a product: its part of the flows (the hash), what was offered per flow (the weights), and what it
 * delivered of that, against what members of equal capacity would have (delivery). Each is judged by itself.
 */
export function analyseImbalance(input: ImbalanceInput): Imbalance {
  const { members, unknown } = input
  const hash = flowSpread(input)
  const weights = weightSpread(input, hash)
  const delivered = delivery(input)
  // Array.prototype.sort is stable: of the same size, the hash comes first.
  const causes = [...hash.causes, ...weights.causes, ...delivered.causes].toSorted((a, b) => b.size - a.size)
  return {
    ...overloadOf(members),
    members: memberLoads(input, delivered),
    unknown,
    parts: { hash: hash.part, weights: weights.part, delivery: delivered.part },
    causes,
    verdict: verdictOf(causes),
  }
}

function verdictOf([first, ...more]: readonly ImbalanceCause[]): Imbalance['verdict'] {
  if (first === undefined) return 'even'
  return more.length > 0 ? 'mixed' : first.cause
}

function overloadOf(members: readonly MemberUnderLoad[]): Pick<Imbalance, 'overloaded' | 'overload'> {
  const overloaded = members.flatMap(({ offered, replies }, index) =>
    offered - replies > OVERLOADED * offered ? [index] : [],
  )
  const offered = total(members, 'offered')
  const late = total(members, 'late')
  const lost = Math.max(0, offered - total(members, 'replies') - late)
  return {
    overloaded: overloaded.length > 0,
    overload: {
      lostShare: offered > 0 ? lost / offered : 0,
      lateShare: offered > 0 ? late / offered : 0,
      droppedAtMembers: total(members, 'dropped'),
      members: overloaded,
    },
  }
}

function memberLoads({ members, measuredNs }: ImbalanceInput, { ratios }: Delivery): MemberLoad[] {
  const share = (key: keyof MemberUnderLoad, value: number): number => {
    const sum = total(members, key)
    return sum > 0 ? value / sum : 0
  }
  return members.map((member, index) => {
    const { offered, replies, late, serverMeanNs, queueMeanNs, cpuNs, runDelayNs } = member
    const time = requestTimeOf(member)
    const ratio = ratios[index]
    return {
      index,
      flowShare: share('flows', member.flows),
      offeredShare: share('offered', offered),
      deliveredShare: share('replies', replies),
      ...(offered > 0 && {
        answeredShare: replies / offered,
        lateShare: late / offered,
        lostShare: Math.max(0, offered - replies - late) / offered,
      }),
      ...(ratio !== undefined && { deliveryRatio: ratio }),
      ...(serverMeanNs !== undefined && { serverMeanNs }),
      ...(queueMeanNs !== undefined && { queueMeanNs }),
      ...(cpuNs !== undefined && { cpuNs, ...(measuredNs > 0 && { cpuShare: cpuNs / measuredNs }) }),
      ...(runDelayNs !== undefined && {
        runDelayNs,
        ...(measuredNs > 0 && { runDelayShare: runDelayNs / measuredNs }),
      }),
      ...(time && { workPerRequestNs: time.workNs, waitPerRequestNs: time.waitNs }),
    }
  })
}

/** The sum of one count over all members. */
function total(members: readonly MemberUnderLoad[], key: keyof MemberUnderLoad): number {
  return members.reduce((sum, member) => sum + (member[key] ?? 0), 0)
}
