import { analyseBalance } from '../analysis/balance/balance.js'
import type { MemberLedger } from '../analysis/books/ledger.js'
import { withUnansweredFlows } from '../analysis/balance/unanswered-flows.js'
import type { Balance } from '../result/run-result.js'
import type { Recording } from '../recording/recording.js'

/** Which flows belong to which member, by the replies they got; lists have one entry a member. */
export interface FlowAttribution {
  flows: number[]
  /** requests sent on those flows */
  sentOnFlows: number[]
  /** requests that came to the member's socket: taken, dropped there, or left there */
  offered: number[]
  /** `flows`, and those of `unknown` by what came to each socket */
  reckonedFlows: number[]
  /** flows that were asked and never answered, and what was sent on them */
  unknown: { flows: number; sent: number }
  /** flows that were not asked: they weigh too little */
  unaskedFlows: number
  /** the member of every flow that was asked is known, and it is one */
  complete: boolean
}

export function attributeFlows(
  { plan, reports }: Pick<Recording, 'plan' | 'reports'>,
  members: readonly MemberLedger[],
): FlowAttribution {
  const flows = Array.from({ length: plan.procs }, () => 0)
  const sentOnFlows = Array.from({ length: plan.procs }, () => 0)
  const unknown = { flows: 0, sent: 0 }
  let unaskedFlows = 0
  for (const { firstMember, sent } of reports)
    for (const [flow, member] of firstMember.entries()) {
      const count = sent[flow]!
      if (member >= 0) {
        flows[member]!++
        sentOnFlows[member]! += count
      } else if (count === 0) unaskedFlows++
      else {
        unknown.flows++
        unknown.sent += count
      }
    }
  const offered = members.map(({ taken, drops, left }) => taken + drops + left)
  const traffic = flows.map((count, index) => ({
    flows: count,
    sentOnFlows: sentOnFlows[index]!,
    offered: offered[index]!,
  }))
  return {
    flows,
    sentOnFlows,
    offered,
    reckonedFlows: withUnansweredFlows(traffic, unknown.flows),
    unknown,
    unaskedFlows,
    complete: unknown.flows === 0 && reports.every(({ moves }) => moves.size === 0),
  }
}

/**
 * The test of the flows that were answered; undefined without any. Where they only seem skewed, because a member did not
 * answer many of its flows, so few of them cannot tell: nobody is accused.
 */
export function balanceOf(
  { flows, reckonedFlows, unknown }: FlowAttribution,
  seed: number,
): Balance | undefined {
  if (flows.every((count) => count === 0)) return undefined
  const { balance } = analyseBalance(flows, { seed })
  if (unknown.flows === 0 || balance.verdict !== 'skewed') return balance
  const { verdict } = analyseBalance(reckonedFlows, { seed }).balance
  return verdict === 'skewed' ? balance : { ...balance, verdict: 'underpowered' }
}
