import { queueCapacity } from '../../kernel/queue-capacity.js'
import { hasOwnSocket } from '../../plan/dispatch.js'
import type { RunPlan } from '../../plan/run-plan.js'
import { portProtocolOf } from '../../plan/protocol.js'
import { basisOf } from '../../plan/steering.js'
import type { MemberResult, RunResult } from '../../result/run-result.js'
import type { TrialQueue } from '../../result/sweep-result.js'

/** What of a result says how the queues fared. */
export type QueueFigures = Pick<RunResult, 'members' | 'throughput' | 'books' | 'durationNs'>

/** No service is as regular as its plan: a host that does not run a member for a millisecond now and then. */
const LEAST_VARIATION = 0.01

interface Queue {
  members: readonly MemberResult[]
  requests: number
  backlog: number
}

/**
 * What waited in the queues of an open loop's run: one a member, or one for all where members share a socket or have a
 * front. Where flows stay open one after another (waves), each wave begins with empty queues: counts are those of a wave.
 */
export function trialQueues(result: QueueFigures, plan: RunPlan): TrialQueue[] {
  const { members, throughput, books, durationNs } = result
  if (plan.rateHz === undefined || durationNs === 0) return []
  const queues: Queue[] = hasOwnSocket(plan)
    ? members.map((member) => ({
        members: [member],
        requests: (member.taken ?? 0) + (member.drops ?? 0),
        backlog: member.backlog ?? 0,
      }))
    : [{ members, requests: books.sent, backlog: throughput.backlog ?? 0 }]
  return queues.map((queue) => summarise(queue, { plan, all: books.sent, durationNs }))
}

function summarise(
  { members, requests, backlog }: Queue,
  { plan, all, durationNs }: { plan: RunPlan; all: number; durationNs: number },
): TrialQueue {
  const times = members.flatMap(({ latency }) => latency?.service ?? [])
  const inFlightNs = times.reduce((sum, { count, meanNs }) => sum + count * meanNs, 0)
  const leastNs = Math.min(...times.map(({ minNs }) => minNs))
  const perNs = requests / durationNs
  const served = members.reduce((sum, { taken = 0 }) => sum + taken, 0)
  const variation = members.reduce(
    (sum, { servedVariation = 1, taken = 0 }) => sum + (servedVariation * taken) / Math.max(1, served),
    0,
  )
  const counted = requests / plan.waves
  const spread = arrivalVariance(counted, all > 0 ? requests / all : 0, plan)
  return {
    requests: counted,
    backlog: backlog / plan.waves,
    inFlight: inFlightNs / durationNs,
    inFlightUnqueued: members.length + (Number.isFinite(leastNs) ? perNs * leastNs : 0),
    deviation: Math.sqrt(counted * Math.max(LEAST_VARIATION, variation) + spread),
    ...(portProtocolOf(plan.protocol) === 'udp' && {
      capacity: queueCapacity(members[0]?.receiveBufferBytes ?? 0, plan.payloadBytes),
    }),
  }
}

/**
 * Variance of how many requests come to a queue that gets this share of them. Where each request is placed anew by chance:
 * that of a Poisson count. Else the queue gets its share of all that vary (Poisson) or do not (constant), in turn; flows come
 * in the same order again and again, a bridge whose variance ends where the first turn does.
 */
function arrivalVariance(requests: number, share: number, plan: RunPlan): number {
  const placedByChance = plan.weights !== 'uniform' || plan.steering === 'random' || basisOf(plan) === 'cpu'
  if (placedByChance) return requests
  const ofAll = plan.arrivals === 'poisson' ? share * requests : 0
  const ofTurn = basisOf(plan) === 'flow' ? (1 - share) * Math.min(requests, share * plan.flows) : 0
  return ofAll + ofTurn
}
