import { mergeHistograms, summarise } from '../analysis/latency/latency.js'
import type { ClientLedger, MemberLedger } from '../analysis/books/ledger.js'
import type { Quantity, WorkerReport } from '../client/protocol.js'
import type { MemberCounters } from '../group/counters.js'
import type { RunPlan } from '../plan/run-plan.js'
import { scheduleLengthNs } from '../plan/schedule-length.js'
import type { Latency, LatencySummary, Legs, RunResult } from '../result/run-result.js'
import type { RunRecord } from './run-record.js'

/** Index of the measured phase in counters that are split by phase. */
export const MEASURED = 1

export const sum = (numbers: Iterable<number>): number => {
  let total = 0
  for (const n of numbers) total += n
  return total
}

/** A member's own counts of the measured phase; `before` is absent for one that joined in it. */
export function memberLedger(before: MemberCounters | undefined, after: MemberCounters): MemberLedger {
  return {
    taken: after.taken[MEASURED],
    echoed: after.echoed[MEASURED],
    echoErrors: after.echoErrors[MEASURED],
    drops: after.drops - (before?.drops ?? 0),
    left: after.left[MEASURED],
    strangers: after.strangers - (before?.strangers ?? 0),
  }
}

/** The counts of all workers together. */
export function clientLedger(reports: readonly WorkerReport[]): ClientLedger {
  const total = (count: (report: WorkerReport) => number): number => sum(reports.map(count))
  return {
    sent: total((r) => sum(r.sent)),
    sendErrors: total((r) => r.sendErrors),
    unsent: total((r) => r.unsent),
    replied: total((r) => sum(r.replied)),
    late: total((r) => sum(r.late)),
    duplicates: total((r) => r.duplicates),
    reordered: total((r) => r.reordered),
    dropped: total((r) => r.dropped),
    strangers: total((r) => r.strangers),
  }
}

/** One quantity over all workers and members, or of one member. */
function summaryOf(
  reports: readonly WorkerReport[],
  quantity: Quantity,
  member?: number,
): LatencySummary | undefined {
  const members = reports.flatMap((r) => (member === undefined ? r.members : (r.members[member] ?? [])))
  return summarise(mergeHistograms(members.flatMap(({ histograms }) => histograms[quantity] ?? [])))
}

/** Service and, with a schedule, response times: of all members, or of one. */
export function latencyOf(reports: readonly WorkerReport[], member?: number): Latency | undefined {
  const service = summaryOf(reports, 'service', member)
  const response = summaryOf(reports, 'response', member)
  return service && { service, ...(response && { response }) }
}

/** Where the time went: of all members, or of one. */
export function legsOf(reports: readonly WorkerReport[], member?: number): Legs | undefined {
  const server = summaryOf(reports, 'server', member)
  const reply = summaryOf(reports, 'reply', member)
  const request = summaryOf(reports, 'request', member)
  const queue = summaryOf(reports, 'queue', member)
  return server && reply && { ...(request && { request }), ...(queue && { queue }), server, reply }
}

/** How far behind the schedule requests were sent; undefined without one. */
export function lagOf(reports: readonly WorkerReport[]): LatencySummary | undefined {
  return summarise(mergeHistograms(reports.flatMap((r) => r.lag ?? [])))
}

/** The longest time that a worker was sending, ns. */
export function longestNs(reports: readonly WorkerReport[]): number {
  return Math.round(Math.max(0, ...reports.map((r) => r.activeNs)))
}

/** Rates per second. Workers run side by side, each with its own waves: rates add up, times do not. */
export function throughputOf(reports: readonly WorkerReport[], plan: RunPlan): RunResult['throughput'] {
  const rate = (count: (r: WorkerReport) => number, mostNs = Infinity): number =>
    sum(reports.map((r) => (r.activeNs > 0 ? (count(r) * 1e9) / Math.min(r.activeNs, mostNs) : 0)))
  return {
    roundTripsPerSecond: rate((r) => r.repliesWhileActive),
    ...(plan.rateHz !== undefined && { offeredPerSecond: rate((r) => r.offered, scheduleLengthNs(plan)) }),
    achievedPerSecond: rate((r) => sum(r.sent)),
  }
}

/** CPU time of a round trip on either side, a front's with the members'; undefined where there was none. */
export function cpuPerRoundTripOf({
  reports,
  before,
  after,
  front,
}: Pick<RunRecord, 'reports' | 'before' | 'after' | 'front'>): RunResult['throughput']['cpuPerRoundTripNs'] {
  const answered = sum(reports.map((r) => r.repliesWhileActive))
  const echoed = sum(after.map((counters) => counters.echoed[MEASURED]))
  const frontNs = front ? front.after.cpuNs - front.before.cpuNs : 0
  const membersNs = frontNs + sum(after.map((counters, i) => counters.cpuNs - (before[i]?.cpuNs ?? 0)))
  return answered > 0 && echoed > 0
    ? { client: sum(reports.map((r) => r.cpuActiveNs)) / answered, members: membersNs / echoed }
    : undefined
}

/** Where the group is. */
export function groupOf(plan: RunPlan, port: number): RunResult['group'] {
  return {
    protocol: plan.protocol,
    family: plan.family,
    address: plan.host,
    port,
    server: plan.server,
    ...(plan.dispatch !== 'reuseport' && { dispatch: plan.dispatch }),
    ...(plan.steering !== 'hash' && { steering: plan.steering }),
  }
}

/** Source address and port of every flow, in the order of flow ids. */
export function sourcesOf(
  reports: readonly WorkerReport[],
  sourceAddresses: readonly string[],
): { address: string; port: number }[] {
  return reports.flatMap(({ port, addressIndex }) =>
    Array.from(port, (number, i) => ({ address: sourceAddresses[addressIndex[i]!]!, port: number })),
  )
}
