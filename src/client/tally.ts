import { FlowTrace } from './flow-trace.js'
import { Histogram } from '../stats/histogram.js'
import type { Exchange } from './exchange.js'
import { FlowTable } from './flow-table.js'
import { LatencyRecorder } from './latency-recorder.js'
import type { WorkerReport } from '../recording/worker-report.js'
import type { IntervalMemory } from './interval-memory.js'
import type { ClientCounts } from '../recording/interval-reading.js'
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
  lateTotal = 0
  sendErrors = 0
  duplicates = 0
  strangers = 0
  firstSentNs = -1
  /** replies in time or late, by the code of the exchange, which only servers of DNS and HTTP give */
  readonly codes = new Float64Array(600)
  /** actual minus intended send time */
  readonly lag = new Histogram()
  /** how long connections took, by the member that was the first to answer on them; of flows over TCP */
  readonly #connects: Histogram[] = []
  readonly trace: FlowTrace | undefined
  readonly timeline: Timeline | undefined

  /** @param scheduled see Phase; @param trace see WorkerTask; @param interval where it is counted by interval as well; @param seen see FlowTable; @param sharedClock see LatencyRecorder */
  constructor(
    flows: number,
    readonly members: number,
    scheduled: boolean,
    trace?: WorkerTask['trace'],
    readonly interval?: IntervalMemory,
    seen?: Int32Array,
    sharedClock = true,
  ) {
    this.flows = new FlowTable(flows, seen)
    this.#latencies = new LatencyRecorder(members, scheduled, interval, sharedClock)
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

  /** A connection that took so long, and whose first reply came from this member. */
  noteConnected(member: number, connectNs: number): void {
    if (member < this.members) (this.#connects[member] ??= new Histogram()).record(connectNs)
  }

  noteLate(flow: number, member: number): void {
    this.#late[member]!++
    this.lateTotal++
    this.flows.noteLate(flow)
  }

  /** whether any reply came, in time or late */
  get answered(): boolean {
    return this.repliedTotal > 0 || this.lateTotal > 0
  }

  /** Ends an interval, if that is asked for. */
  endInterval(nowNs: number): void {
    if (!this.interval?.asked) return
    this.#latencies.flush()
    this.interval.handOver(nowNs, this.#counts)
  }

  /** Nothing is counted from here on, until it is told to go on. */
  rest(nowNs: number): void {
    this.#latencies.flush()
    this.interval?.rest(nowNs, this.#counts)
  }

  get #counts(): ClientCounts {
    const { sentTotal: sent, repliedTotal: replied, lateTotal: late, lostTotal } = this
    // Who was given up and came after all is late, and lost no more.
    return { sent, replied, late, givenUp: lostTotal + late }
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
      histograms: {
        ...this.#latencies.report(member),
        ...(this.#connects[member] && { connect: this.#connects[member].data }),
      },
    }))
  }
}
