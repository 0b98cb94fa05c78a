import { sourceOf } from '../../src/plan/flow-sources.js'
import { Exchange } from '../../src/client/exchange.js'
import { IntervalMemory } from '../../src/client/interval-memory.js'
import type { Load, LoadReading } from '../../src/client/load.js'
import { Tally } from '../../src/client/tally.js'
import type { LoadOptions } from '../../src/client/worker-load.js'
import { lifeCode } from '../../src/recording/flow-stays.js'
import type { WorkerReport } from '../../src/recording/worker-report.js'
import type { FakeClock } from './fake-clock.js'
import type { FakeGroup } from './fake-group.js'

const ROUND_TRIP_NS = 100e3
/** A closed loop has no rate but that at which replies come. */
const CLOSED_LOOP_HZ = 200e3

/** A load without threads or sockets: asks flows in turn, at times of a clock that it moves, and is answered at once. */
export class FakeLoad implements Load {
  readonly allSent: Promise<void>
  #tellAllSent = (): void => {}
  readonly #interval = new IntervalMemory(IntervalMemory.create())
  #tally: Tally | undefined
  #over = false
  #sent = 0
  readonly #seen: Int32Array

  constructor(
    readonly options: LoadOptions,
    readonly clock: FakeClock,
    readonly group: FakeGroup,
  ) {
    this.#seen = new Int32Array(options.members)
    this.allSent = new Promise((resolve) => (this.#tellAllSent = resolve))
  }

  async warmUp(): Promise<void> {
    await this.clock.advanceTo(this.clock.nowNs() + this.options.warmupNs)
  }

  async measure(): Promise<WorkerReport[]> {
    const { clock, group, options } = this
    const { flowPlan, members, rateHz, durationNs = Infinity, requestsPerFlow = Infinity, trace } = options
    const { flows } = flowPlan
    const gapNs = 1e9 / (rateHz ?? CLOSED_LOOP_HZ)
    const most = Math.min(Math.ceil(durationNs / gapNs), requestsPerFlow * flows)
    this.#interval.goOn()
    const tally = new Tally(flows, members, rateHz !== undefined, trace, this.#interval, this.#seen)
    this.#tally = tally
    const x = new Exchange()
    const startNs = clock.nowNs()
    tally.loadBegins()
    for (; this.#sent < most; this.#sent++) {
      const atNs = startNs + this.#sent * gapNs
      await clock.advanceTo(atNs)
      if (this.#over) break
      const flow = this.#sent % flows
      tally.noteSent(flow, atNs)
      tally.timeline?.noteSent(atNs)
      if (rateHz !== undefined) tally.lag.record(0)
      const life = group.take(sourceOf(flowPlan, flow).port)
      if (life === undefined) continue
      const heardNs = atNs + ROUND_TRIP_NS
      x.member[0] = life.member
      x.sentNs[0] = atNs
      x.arrivedNs[0] = -1
      x.takenNs[0] = x.echoedNs[0] = atNs + ROUND_TRIP_NS / 2
      x.receivedNs[0] = heardNs
      tally.flows.noteSeen(flow, life.member, this.#sent)
      tally.trace?.note(flow, lifeCode(life.member, life.generation), atNs, heardNs)
      tally.noteReply(flow, x, 0, rateHz === undefined ? -1 : atNs)
      tally.timeline?.noteReply(atNs, atNs, heardNs)
    }
    tally.loadEnds()
    this.#tellAllSent()
    return [this.#report(tally, clock.nowNs() - startNs)]
  }

  #report(tally: Tally, activeNs: number): WorkerReport {
    return {
      firstFlow: 0,
      sources: this.options.flowPlan,
      replaced: 0,
      waves: 1,
      sent: tally.flows.sent,
      replied: tally.flows.replied,
      late: tally.flows.late,
      firstMember: tally.flows.firstMember,
      moves: tally.flows.moves,
      members: tally.memberReports(),
      sendErrors: 0,
      sendErrnos: new Map(),
      duplicates: 0,
      reordered: 0,
      strangers: 0,
      refused: 0,
      receiveErrors: 0,
      dropped: 0,
      activeNs,
      repliesWhileActive: tally.repliedTotal,
      firstSentNs: tally.firstSentNs,
      cpuActiveNs: activeNs / 4,
      inFlightIntegralNs: tally.repliedTotal * ROUND_TRIP_NS,
      offered: tally.sentTotal,
      unsent: 0,
      flowsGivenUp: 0,
      ...(this.options.rateHz !== undefined && { lag: tally.lag.data }),
      ...(tally.trace &&
        tally.timeline && {
          trace: { stays: tally.trace.stays(), timeline: tally.timeline.data },
        }),
    }
  }

  async endInterval(): Promise<LoadReading> {
    this.#interval.ask()
    this.#tally!.endInterval(this.clock.nowNs())
    const { service, response, ...taken } = this.#interval.take()
    return { ...taken, service: [service], response: [response] }
  }

  stop(): void {
    this.#over = true
  }

  finish(): void {
    this.#over = true
  }

  get sentByEach(): number {
    return this.#sent
  }

  readonly ended = { resetByServer: 0, closedByServer: 0 }

  get figures(): Load['figures'] {
    return { sent: this.#sent, replied: this.#sent, lost: 0, flowsUsed: 0 }
  }

  readonly wavesDone = 0

  get flowsSeen(): number[] {
    return [...this.#seen]
  }

  async close(): Promise<void> {}
}
