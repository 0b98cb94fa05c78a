import { summariseRun } from '../../src/analysis/sweep/run-summary.js'
import { createSchedule, type Arrivals } from '../../src/plan/schedule.js'
import { queueCapacity } from '../../src/kernel/queue-capacity.js'
import type { RunPlan } from '../../src/plan/run-plan.js'
import type { ServiceDistribution } from '../../src/plan/service-times.js'
import type { MemberResult, RunResult } from '../../src/result/run-result.js'
import type { SweepRun } from '../../src/result/sweep-result.js'
import { Histogram } from '../../src/stats/histogram.js'
import { uniforms } from '../../src/stats/random.js'
import { summarise } from '../../src/analysis/latency/latency.js'
import { sampleResult } from './sample-result.js'
import { samplePlan } from './sample-sweep.js'

/** Members that serve one request after another, each with a queue that holds so many datagrams and no more. */
export interface SimulatedGroup {
  members: number
  flows: number
  serviceNs: number
  distribution: ServiceDistribution
  arrivals: Arrivals
  receiveBufferBytes: number
  /** which member has a flow; in turn, datagram by datagram, when absent */
  memberOfFlow?: readonly number[]
}

/** What a datagram takes on its way, both ways. */
const WIRE_NS = 60_000

/** One trial at a load, on queues that are empty at its beginning: what a sweep would keep of such a run. */
export function simulateTrial(
  group: SimulatedGroup,
  { rateHz, durationNs, seed }: { rateHz: number; durationNs: number; seed: number },
): Pick<SweepRun, 'queues' | 'books' | 'latency' | 'achievedPerSecond' | 'roundTripsPerSecond'> {
  const room = queueCapacity(group.receiveBufferBytes, samplePlan.payloadBytes)
  const schedule = createSchedule({ arrivals: group.arrivals, rateHz, seed: seed + 1 })
  const random = uniforms(seed)
  const members = Array.from({ length: group.members }, () => ({
    /** when those end that it has not answered yet, in order */
    ends: [] as number[],
    first: 0,
    flows: 0,
    sent: 0,
    drops: 0,
    answered: 0,
    latency: new Histogram(),
    served: new Histogram(),
  }))
  for (let i = 0; schedule.nextNs < durationNs; i++) {
    const now = schedule.nextNs
    schedule.advance()
    const member = members[group.memberOfFlow?.[i % group.flows] ?? i % group.members]!
    member.sent++
    while (member.first < member.ends.length && member.ends[member.first]! <= now) member.first++
    if (member.ends.length - member.first > room) {
      member.drops++
      continue
    }
    const serviceNs = group.serviceNs * (group.distribution === 'constant' ? 1 : -Math.log(1 - random()))
    const end = Math.max(now, member.ends.at(-1) ?? 0) + serviceNs
    member.ends.push(end)
    if (end + WIRE_NS <= durationNs) member.answered++
    member.latency.record(end - now + WIRE_NS)
    member.served.record(serviceNs)
  }
  const sum = (figure: (member: (typeof members)[number]) => number): number =>
    members.reduce((total, member) => total + figure(member), 0)
  const [sent, dropped] = [sum((m) => m.sent), sum((m) => m.drops)]
  const plan: RunPlan = {
    ...samplePlan,
    procs: group.members,
    flows: group.flows,
    steering: group.memberOfFlow ? 'hash' : 'round-robin',
    rateHz,
    arrivals: group.arrivals,
    durationNs,
  }
  const service = summarise(members.map(({ latency }) => latency).reduce(merged, new Histogram()))!
  const sample = sampleResult()
  const result: RunResult = {
    ...sample,
    durationNs,
    members: members.map((m, index): MemberResult => ({
      ...sample.members[0]!,
      index,
      taken: m.sent - m.drops,
      drops: m.drops,
      replies: m.sent - m.drops,
      backlog: m.sent - m.answered,
      servedVariation: m.served.squaredVariation,
      receiveBufferBytes: group.receiveBufferBytes,
      latency: { service: summarise(m.latency)! },
    })),
    latency: { service, response: service },
    throughput: {
      roundTripsPerSecond: (sum((m) => m.answered) * 1e9) / durationNs,
      offeredPerSecond: rateHz,
      achievedPerSecond: rateHz,
      backlog: sent - sum((m) => m.answered),
    },
    books: {
      ...sample.books,
      sent,
      unsent: 0,
      replied: sent - dropped,
      late: 0,
      lost: dropped,
      droppedAtClient: 0,
    },
    validity: { verdict: 'valid', findings: [], checks: [] },
  }
  return summariseRun(result, plan)
}

function merged(all: Histogram, one: Histogram): Histogram {
  all.add(one.data)
  return all
}
