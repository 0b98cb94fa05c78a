import { FlowTrace } from './flow-trace.js'
import { Histogram } from '../stats/histogram.js'
import type { Exchange } from './exchange.js'
import { FlowTable } from './flow-table.js'
import { LatencyRecorder } from './latency-recorder.js'
import type { WorkerReport } from '../recording/worker-report.js'
import type { WorkerTask } from './protocol.js'
import { TimeWindows } from './time-windows.js'
import { Timeline } from './timeline.js'

/** What a worker counts and records in one phase. Flows are numbered within the worker's share. */
export class Tally {
  readonly flows: FlowTable
  readonly #latencies: LatencyRecorder
  readonly #replies: Float64Array
  readonly #late: Float64Array
  readonly #answeredUnderLoad: Float64Array
  readonly sendErrnos = new Map<number, number>()
  sentTotal = 0
  repliedTotal = 0
  lostTotal = 0
  sendErrors = 0
  duplicates = 0
  strangers = 0
  firstSentNs = -1
  /** actual minus intended send time */
  readonly lag = new Histogram()
  readonly trace: FlowTrace | undefined
  readonly timeline: Timeline | undefined

  /** @param scheduled see Phase; @param trace see WorkerTask */
  constructor(
    flows: number,
    readonly members: number,
    scheduled: boolean,
    trace?: WorkerTask['trace'],
  ) {
    this.flows = new FlowTable(flows)
    this.#latencies = new LatencyRecorder(members, scheduled)
    this.#replies = new Float64Array(members)
    this.#late = new Float64Array(members)
    this.#answeredUnderLoad = new Float64Array(members)
    this.trace = trace && new FlowTrace(flows, trace.gapNs)
    this.timeline =
      trace &&
      new Timeline(trace.intervalNs, trace.responseIntervalNs, new TimeWindows(trace.windows), trace.keptNs)
  }

  noteSent(flow: number, sentNs: number): void {
    this.flows.noteSent(flow)
    if (this.sentTotal++ === 0) this.firstSentNs = sentNs
  }

  noteSendError(errno: number): void {
    this.sendErrors++
    this.sendErrnos.set(errno, (this.sendErrnos.get(errno) ?? 0) + 1)
  }

  /** Records event `i` of the exchange, a reply in time; `intendedNs` is −1 without a schedule. */
  noteReply(flow: number, x: Exchange, i: number, intendedNs: number): void {
    const member = x.member[i]!
    this.#latencies.note(
      member,
      intendedNs,
      x.sentNs[i]!,
      x.arrivedNs[i]!,
      x.takenNs[i]!,
      x.echoedNs[i]!,
      x.receivedNs[i]!,
    )
    this.#replies[member]!++
    this.flows.noteReplied(flow)
    this.repliedTotal++
  }

  noteLate(flow: number, member: number): void {
    this.#late[member]!++
    this.flows.noteLate(flow)
  }

  /** whether any reply came, in time or late */
  get answered(): boolean {
    return this.repliedTotal > 0 || this.#late.some((count) => count > 0)
  }

  /** Requests are being sent from now on. */
  loadBegins(): void {
    this.#answeredUnderLoad.forEach((_, m, counts) => (counts[m]! -= this.#replies[m]! + this.#late[m]!))
  }

  /** No more are sent for now: what is answered from here on was left over. */
  loadEnds(): void {
    this.#answeredUnderLoad.forEach((_, m, counts) => (counts[m]! += this.#replies[m]! + this.#late[m]!))
  }

  /** What there is to say of each member. */
  memberReports(): WorkerReport['members'] {
    return Array.from({ length: this.members }, (_, member) => ({
      replies: this.#replies[member]!,
      late: this.#late[member]!,
      answeredUnderLoad: this.#answeredUnderLoad[member]!,
      histograms: this.#latencies.report(member),
    }))
  }
}
