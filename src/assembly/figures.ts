import { noAnswerInWords } from '../advice/no-answer-words.js'
import { lossesOf } from '../analysis/books/losses.js'
import { mergeHistograms, summarise, summariseWithConfidence } from '../analysis/latency/latency.js'
import type { MemberLedger } from '../analysis/books/ledger.js'
import { changeText } from '../plan/group-change.js'
import { portProtocolOf } from '../plan/protocol.js'
import type { RunPlan } from '../plan/run-plan.js'
import { MEASURED } from '../recording/counters.js'
import type { LifeRecording } from '../recording/group-recording.js'
import type { Recording } from '../recording/recording.js'
import type { Timed, WorkerReport } from '../recording/worker-report.js'
import { scheduleLengthNs } from '../plan/schedule-length.js'
import { boundTo } from '../plan/transport.js'
import type { Books, Latency, LatencySummary, Legs, RunResult } from '../result/run-result.js'
import type { StrangerResult } from '../result/stranger.js'
import { formatDuration } from '../units/format.js'
import type { Histogram } from '../stats/histogram.js'
import { effectiveOf } from './effective.js'
import type { Origin } from './origin.js'

export const sum = (numbers: ArrayLike<number>): number => {
  let total = 0
  // There may be millions: an iterator takes ten times as long.
  for (let i = 0; i < numbers.length; i++) total += numbers[i]!
  return total
}

/** A member's own counts of the measured phase. */
export function memberLedger({ before, after }: Pick<LifeRecording, 'before' | 'after'>): MemberLedger {
  return {
    taken: after.taken[MEASURED],
    echoed: after.echoed[MEASURED],
    echoErrors: after.echoErrors[MEASURED],
    // What a listener drops are no requests: they are asked for again.
    drops: after.connections ? 0 : after.drops - (before?.drops ?? 0),
    left: after.left[MEASURED],
    strangers: after.strangers - (before?.strangers ?? 0),
  }
}

/** What people set limits for: it says how sure its percentiles are. */
const JUDGED: ReadonlySet<Timed> = new Set(['service', 'response', 'connect'])

/** One quantity over all workers and members, or of one member, ns. */
export function timesOf(reports: readonly WorkerReport[], quantity: Timed, member?: number): Histogram {
  const members = reports.flatMap((r) => (member === undefined ? r.members : (r.members[member] ?? [])))
  return mergeHistograms(members.flatMap(({ histograms }) => histograms[quantity] ?? []))
}

function summaryOf(
  reports: readonly WorkerReport[],
  quantity: Timed,
  member?: number,
): LatencySummary | undefined {
  const histogram = timesOf(reports, quantity, member)
  return member === undefined && JUDGED.has(quantity)
    ? summariseWithConfidence(histogram)
    : summarise(histogram)
}

/** Service and, with a schedule, response times, and those of connecting: of all members, or of one. */
export function latencyOf(reports: readonly WorkerReport[], member?: number): Latency | undefined {
  const service = summaryOf(reports, 'service', member)
  const response = summaryOf(reports, 'response', member)
  const stampError = member === undefined ? stampErrorOf(reports, service) : undefined
  const connect = summaryOf(reports, 'connect', member)
  return (
    service && {
      service,
      ...(response && { response }),
      ...(connect && { connect }),
      ...(stampError && { stampError }),
    }
  )
}

/** How far the stamps of requests lay from their arrival, and what part of the mean service time that is. */
function stampErrorOf(
  reports: readonly WorkerReport[],
  service: LatencySummary | undefined,
): Latency['stampError'] {
  const error = summarise(mergeHistograms(reports.flatMap((r) => r.stampError ?? [])))
  if (error === undefined || service === undefined || service.meanNs === 0) return undefined
  const { count, meanNs, p99Ns } = error
  return { count, meanNs, p99Ns, ofService: meanNs / service.meanNs }
}

/** Where the time went: of all members, or of one. */
export function legsOf(reports: readonly WorkerReport[], member?: number): Legs | undefined {
  const server = summaryOf(reports, 'server', member)
  const reply = summaryOf(reports, 'reply', member)
  const request = summaryOf(reports, 'request', member)
  const queue = summaryOf(reports, 'queue', member)
  return server && reply && { ...(request && { request }), ...(queue && { queue }), server, reply }
}

/** How far behind the schedule requests were sent, ns; empty without one. */
export function lagHistogramOf(reports: readonly WorkerReport[]): Histogram {
  return mergeHistograms(reports.flatMap((r) => r.lag ?? []))
}

/** The same in figures; undefined without a schedule. */
export function lagOf(reports: readonly WorkerReport[]): LatencySummary | undefined {
  return summarise(lagHistogramOf(reports))
}

/** Length of the measured phase: the longest time that a worker was sending, ns. */
export function measuredNsOf(reports: readonly WorkerReport[]): number {
  return Math.round(Math.max(0, ...reports.map((r) => r.activeNs)))
}

/** How long the schedule was to last, ns; undefined for one that goes on until the changes were seen. */
export function scheduledNs({ plan, changes }: Pick<Recording, 'plan' | 'changes'>): number | undefined {
  return changes === undefined ? scheduleLengthNs(plan) : undefined
}

/** Replies, late ones too, that came while requests were being sent: from all members, or from one. */
export function answeredUnderLoad(reports: readonly WorkerReport[], member?: number): number {
  const members = reports.flatMap((r) => (member === undefined ? r.members : (r.members[member] ?? [])))
  return sum(members.map((m) => m.answeredUnderLoad))
}

/** Of the time between reading and echoing: variance over squared mean; undefined without a reply. */
export function servedVariationOf(reports: readonly WorkerReport[], member: number): number | undefined {
  const histogram = timesOf(reports, 'server', member)
  return histogram.count > 0 ? histogram.squaredVariation : undefined
}

/** Rates per second. Workers run side by side, each with its own waves: rates add up, times do not. */
export function throughputOf(recording: Recording): RunResult['throughput'] {
  const { plan, reports } = recording
  const rate = (count: (r: WorkerReport) => number, mostNs = Infinity): number =>
    sum(reports.map((r) => (r.activeNs > 0 ? (count(r) * 1e9) / Math.min(r.activeNs, mostNs) : 0)))
  return {
    roundTripsPerSecond: rate((r) => r.repliesWhileActive),
    ...(plan.rateHz !== undefined && { offeredPerSecond: rate((r) => r.offered, scheduledNs(recording)) }),
    achievedPerSecond: rate((r) => sum(r.sent)),
    ...(reports.some((r) => r.connections) && {
      connectionsPerSecond: rate((r) => r.connections?.established ?? 0),
    }),
    // Over the waves a late reply to one may come in the next: never below 0.
    backlog: Math.max(0, sum(reports.map((r) => sum(r.sent))) - answeredUnderLoad(reports)),
  }
}

/** CPU time of the members in the measured phase, with their front's, ns. */
export function serversCpuNs({ lives, front }: Recording['group']): number {
  const frontNs = front ? front.after.cpuNs - front.before.cpuNs : 0
  return frontNs + sum(lives.map(({ before, after }) => after.cpuNs - (before?.cpuNs ?? 0)))
}

/** CPU time of a round trip on either side, a front's with the members'; undefined where there was none. */
export function cpuPerRoundTripOf({
  reports,
  group,
  allShards,
}: Recording): RunResult['throughput']['cpuPerRoundTripNs'] {
  const answered = sum(reports.map((r) => r.repliesWhileActive))
  const client = sum(reports.map((r) => r.cpuActiveNs)) / answered
  if (group.unknown || allShards) return answered > 0 ? { client } : undefined
  const echoed = sum(group.lives.map(({ after }) => after.echoed[MEASURED]))
  return answered > 0 && echoed > 0 ? { client, members: serversCpuNs(group) / echoed } : undefined
}

/** Where the group is. */
function groupOf(plan: RunPlan, port: number): RunResult['group'] {
  return {
    protocol: portProtocolOf(plan.protocol),
    family: plan.family,
    address: boundTo(plan).address,
    port,
    ...(plan.membersUnknown ? { membersUnknown: true as const } : { server: plan.server }),
    ...(plan.dispatch !== 'reuseport' && { dispatch: plan.dispatch }),
    ...(plan.steering !== 'hash' && { steering: plan.steering }),
  }
}

/** The schedule that was kept, and how far behind it requests were sent; undefined without one. */
export function scheduleOf({ plan, reports }: Recording): RunResult['schedule'] {
  const lag = lagOf(reports)
  return lag && plan.rateHz !== undefined
    ? { rateHz: plan.rateHz, arrivals: plan.arrivals ?? 'constant', lag }
    : undefined
}

/** How often sending failed, by the name of the error. */
export function sendErrors(reports: readonly WorkerReport[]): { errno: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { sendErrnos } of reports)
    for (const [errno, count] of sendErrnos) counts.set(errno, (counts.get(errno) ?? 0) + count)
  return [...counts].map(([errno, count]) => ({ errno, count }))
}

/**
 * What made a run fail: a member, or the front, that was not told to end; a change that failed; or that nobody answered.
 */
function failureOf(
  { group, reports, changes, startNs, interrupted, silences }: Recording,
  books: Books,
): string | undefined {
  const { lives, front, goneSince } = group
  if (goneSince !== undefined) return `${goneSince} Counts of members are those that it told last.`
  if (front?.died !== undefined) return `The front (process ${front.pid}) ${front.died}.`
  const dead = lives.find(({ died }) => died !== undefined)
  if (dead) return `Member ${dead.member} (process ${dead.pid}) ${dead.died}.`
  const failed = changes?.failed
  if (failed)
    return `The change "${changeText(failed.change)}" at ${formatDuration(failed.askedNs - startNs)} failed. ${failed.why}`
  // Who stops a run may do so before any reply came.
  if (interrupted) return undefined
  return noAnswerInWords(
    lossesOf(books),
    sendErrors(reports).map(({ errno }) => errno),
    silences.filter(({ cameBack }) => !cameBack).map((silence) => ({ ...silence, ...silence.life })),
  )
}

/** Sockets of others that were on the group's port, by the time of the measured phase. */
export function strangersOf({
  strangers,
  startNs,
}: Pick<Recording, 'strangers' | 'startNs'>): StrangerResult[] {
  const since = (ns: number): number => Math.max(0, Math.round(ns - startNs))
  return strangers.map((stranger) => ({
    ...stranger,
    firstSeenNs: since(stranger.firstSeenNs),
    lastSeenNs: since(stranger.lastSeenNs),
  }))
}

/** What every result of a load on a group begins with. */
export function headOf(
  recording: Recording,
  books: Books,
  { toolVersion, host, supplied, server }: Origin,
): Pick<
  RunResult,
  | 'server'
  | 'tool'
  | 'host'
  | 'startedAt'
  | 'durationNs'
  | 'stopped'
  | 'failure'
  | 'plan'
  | 'group'
  | 'strangers'
> {
  const { plan, group } = recording
  const strangers = strangersOf(recording)
  const failure = failureOf(recording, books)
  return {
    tool: { name: 'rpbench', version: toolVersion },
    host,
    startedAt: recording.startedAt.toISOString(),
    durationNs: measuredNsOf(recording.reports),
    ...(failure !== undefined
      ? { stopped: 'failed' as const, failure }
      : recording.interrupted && { stopped: 'interrupted' as const }),
    plan: { supplied, effective: effectiveOf(plan) },
    group: groupOf(plan, group.port),
    ...(server && { server }),
    ...(strangers.length > 0 && { strangers }),
  }
}
