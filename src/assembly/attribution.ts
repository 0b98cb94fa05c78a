import { analysePlacement } from '../analysis/affinity/placement.js'
import { analyseBalance } from '../analysis/balance/balance.js'
import { placeFlows, type FlowPlacement, type FlowRequests } from '../analysis/balance/flow-placement.js'
import type { MemberLedger } from '../analysis/books/ledger.js'
import { reciprocalScale } from '../kernel/reciprocal-scale.js'
import type { Balance } from '../result/run-result.js'
import type { Recording } from '../recording/recording.js'
import { sum } from './figures.js'

/** Which flows belong to which member; lists have one entry a member. */
export interface FlowAttribution {
  /** by the replies they got */
  flows: number[]
  /** requests sent on those flows */
  sentOnFlows: number[]
  /** requests that came to the member's socket: taken, dropped there, or left there */
  offered: number[]
  /** where flows were put, answered or not */
  placement: FlowPlacement
  /** flows that were asked and never answered, and what was sent on them */
  unknown: { flows: number; sent: number }
  /** flows that were not asked: they weigh too little */
  unaskedFlows: number
  /** the member of every flow that was asked is known, and it is one */
  complete: boolean
}

export function attributeFlows(
  recording: Pick<Recording, 'plan' | 'reports' | 'hashes'>,
  members: readonly MemberLedger[],
): FlowAttribution {
  const { plan, reports } = recording
  const flows = Array.from({ length: plan.procs }, () => 0)
  const sentOnFlows = Array.from({ length: plan.procs }, () => 0)
  const unanswered: FlowRequests = { flows: 0, sent: 0, squares: 0 }
  const asked: FlowRequests = { flows: 0, sent: 0, squares: 0 }
  let unaskedFlows = 0
  for (const { firstMember, sent } of reports)
    for (let flow = 0; flow < firstMember.length; flow++) {
      const member = firstMember[flow]!
      const count = sent[flow]!
      if (member < 0 && count === 0) {
        unaskedFlows++
        continue
      }
      addFlow(asked, count)
      if (member < 0) addFlow(unanswered, count)
      else {
        flows[member]!++
        sentOnFlows[member]! += count
      }
    }
  const offered = members.map(({ taken, drops, left }) => taken + drops + left)
  const moved = sum(reports.map(({ moves }) => moves.size))
  const byHash = unansweredByHash(recording)
  return {
    flows,
    sentOnFlows,
    offered,
    placement: placeFlows({
      answered: flows,
      sentOnAnswered: sentOnFlows,
      offered,
      unanswered,
      asked,
      scheduled: plan.rateHz !== undefined && plan.weights === 'uniform',
      moved,
      ...(byHash && { byHash }),
    }),
    unknown: { flows: unanswered.flows, sent: unanswered.sent },
    unaskedFlows,
    complete: unanswered.flows === 0 && moved === 0,
  }
}

function addFlow(requests: FlowRequests, sent: number): void {
  requests.flows++
  requests.sent += sent
  requests.squares += sent ** 2
}

/**
 * Unanswered flows per member, by their hash; undefined where it was not observed, or where flows that were answered are
 * not where it puts them, so that something else places them.
 */
function unansweredByHash({
  plan,
  reports,
  hashes,
}: Pick<Recording, 'plan' | 'reports' | 'hashes'>): number[] | undefined {
  if (hashes === undefined) return undefined
  const flows = reports.flatMap(({ firstMember, moves, sent }) =>
    [...firstMember].map((member, i) => ({ member, moved: moves.has(i), asked: sent[i]! > 0 })),
  )
  const { observed, predicted } = analysePlacement(flows, hashes, plan.procs)
  if (observed === 0 || predicted < observed) return undefined
  const counts = Array.from({ length: plan.procs }, () => 0)
  for (const [flow, { member, asked }] of flows.entries()) {
    const hash = hashes[flow]
    if (member < 0 && asked && hash !== undefined) counts[reciprocalScale(hash, plan.procs)]!++
  }
  return counts
}

/** The test of where flows were put, each within its own of so many groups; undefined where no flow has a member. */
export function balanceOf({ placement }: FlowAttribution, seed: number, groups = 1): Balance | undefined {
  const { counts, ...how } = placement
  if (counts.every((count) => count === 0)) return undefined
  return analyseBalance(counts, { seed, placement: how, groups }).balance
}
