import { analyseImbalance } from '../analysis/overload/imbalance.js'
import { basisOf } from '../plan/steering.js'
import type { Imbalance } from '../result/imbalance.js'
import type { Balance, MemberResult, TakenBalance } from '../result/run-result.js'
import type { FlowAttribution } from './attribution.js'
import { answeredUnderLoad } from './figures.js'
import type { Recording } from '../recording/recording.js'

interface Analysed {
  members: readonly MemberResult[]
  attributed: FlowAttribution
  balance: Balance | undefined
  takenBalance: TakenBalance | undefined
}

/**
 * Whether members got and delivered alike, and why not. Undefined under a steering that does not go by flow, without any
 * packets or any reply, and when a member died or stood still to the end: then it is known what is the matter.
 */
export function imbalanceOf(
  { plan, reports, group, silences }: Recording,
  { members, attributed, balance, takenBalance }: Analysed,
): Imbalance | undefined {
  const { offered, placement, unknown, unaskedFlows } = attributed
  if (
    basisOf(plan) !== 'flow' ||
    // What members counted since they told last, nobody knows.
    group.goneSince !== undefined ||
    group.lives.some(({ died }) => died !== undefined) ||
    silences.some(({ cameBack }) => !cameBack) ||
    takenBalance === undefined ||
    members.every(({ replies, late }) => replies + late === 0)
  )
    return undefined
  return analyseImbalance({
    members: members.map((member, index) => {
      const { replies, late, legs, drops, taken = 0 } = member
      const { before, after, threadTime } = group.lives[index]!
      return {
        flows: placement.counts[index]!,
        offered: offered[index]!,
        dropped: drops ?? 0,
        taken,
        replies,
        late,
        answeredUnderLoad: answeredUnderLoad(reports, index),
        servedNs: after.servedNs - (before?.servedNs ?? 0),
        ...threadTime,
        ...(legs && { serverMeanNs: legs.server.meanNs }),
        ...(legs?.queue && { queueMeanNs: legs.queue.meanNs }),
      }
    }),
    unknown,
    unaskedFlows,
    ...(balance && { balance }),
    effectiveFlows: takenBalance.effectiveFlows,
    openLoop: plan.rateHz !== undefined,
    weighted: plan.weights !== 'uniform',
    measuredNs: group.watchedNs,
    seed: plan.seed,
  })
}
