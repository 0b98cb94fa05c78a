import { analyseImbalance } from '../analysis/overload/imbalance.js'
import { basisOf } from '../plan/steering.js'
import type { Imbalance } from '../result/imbalance.js'
import type { Balance, MemberResult, PacketBalance } from '../result/run-result.js'
import type { FlowAttribution } from './attribution.js'
import { sum } from './figures.js'
import type { RunRecord } from './run-record.js'

interface Analysed {
  members: readonly MemberResult[]
  attributed: FlowAttribution
  balance: Balance | undefined
  packetBalance: PacketBalance | undefined
}

/**
 * Whether members got and delivered alike, and why not. Undefined under a steering that does not go by flow, without any
 * packets, and when a member died: then it is known what is the matter, and its flows went elsewhere.
 */
export function imbalanceOf(
  record: RunRecord,
  { members, attributed, balance, packetBalance }: Analysed,
): Imbalance | undefined {
  const { plan, reports } = record
  const { offered, sentOnFlows, unknown, unaskedFlows } = attributed
  if (basisOf(plan) !== 'flow' || record.deaths.size > 0 || packetBalance === undefined) return undefined
  return analyseImbalance({
    members: members.map((member, index) => {
      const { replies, late, legs, drops, packets } = member
      return {
        flows: member.flows,
        sentOnFlows: sentOnFlows[index]!,
        offered: offered[index]!,
        dropped: drops ?? 0,
        taken: packets,
        replies,
        late,
        answeredUnderLoad: sum(reports.map((r) => r.members[index]!.answeredUnderLoad)),
        servedNs: record.after[index]!.servedNs - (record.before[index]?.servedNs ?? 0),
        ...record.threadTimes[index],
        ...(legs && { serverMeanNs: legs.server.meanNs }),
        ...(legs?.queue && { queueMeanNs: legs.queue.meanNs }),
      }
    }),
    unknown,
    unaskedFlows,
    ...(balance && { balance }),
    effectiveFlows: packetBalance.effectiveFlows,
    openLoop: plan.rateHz !== undefined,
    weighted: plan.weights !== 'uniform',
    measuredNs: record.watchedNs,
    seed: plan.seed,
  })
}
