import { randomBytes } from 'node:crypto'
import { Load } from '../client/load.js'
import type { WorkerReport, WorkerTask } from '../client/protocol.js'
import type { GroupService } from '../group/group-memory.js'
import { Group } from '../group/group.js'
import { serverAddress, type RunPlan } from '../plan/run-plan.js'
import { serviceTimeTable } from '../plan/service-times.js'
import { HashObserver } from '../steering/hash-observer.js'
import { openSteering } from '../steering/open.js'
import type { Steering } from '../steering/steering.js'
import { ProgressReporter, type Progress } from './progress.js'
import { StrangerWatch } from './stranger-watch.js'
import type { Traffic } from './traffic.js'

export interface SessionOptions {
  plan: RunPlan
  traffic: Traffic
  /** stops the load; what was measured is kept */
  signal: AbortSignal
  onProgress: (progress: Progress) => void
  /** how many members may join, and the largest number of member indexes there will be */
  joiners?: number
  memberIndexes?: number
  /** members that the group has at most at a time; those of the plan when absent */
  mostMembers?: number
  trace?: WorkerTask['trace']
}

/** How long members may take to empty their queues when replies are missing, ms. */
const SETTLE_BOUND_MS = 3_000
const INTERRUPTED_SETTLE_BOUND_MS = 200

function serviceOf(plan: RunPlan): GroupService | undefined {
  if (plan.serviceTimeNs === 0 && !plan.slowMember) return undefined
  const meanNs = Array.from({ length: plan.procs }, () => plan.serviceTimeNs)
  if (plan.slowMember) meanNs[plan.slowMember.index] = plan.slowMember.serviceTimeNs
  return { kind: plan.serviceKind, meanNs, times: serviceTimeTable(plan.serviceDistribution, plan.seed) }
}

/** What an experiment works with: a group that serves, and a load whose flows are open; and the order of their taking down. */
export class Session {
  readonly #stopLoad = (): void => this.load.stop()

  private constructor(
    readonly options: SessionOptions,
    readonly progress: ProgressReporter,
    readonly group: Group,
    readonly load: Load,
    readonly watch: StrangerWatch,
    /** of the process, ns since its start, when this session began: its times count from there */
    readonly beganNs: number,
    readonly groupNs: number,
    readonly flowsNs: number,
  ) {
    const { signal } = options
    progress.figures = () => load.figures
    signal.addEventListener('abort', this.#stopLoad)
    if (signal.aborted) load.stop()
    group.onDeath(this.#stopLoad)
  }

  /**
   * Starts the group, then opens the flows.
   * @throws RpbenchError; nothing is left running then
   */
  static async open(options: SessionOptions): Promise<Session> {
    const { plan, traffic, signal } = options
    const progress = new ProgressReporter(options.onProgress)
    const epochNs = process.hrtime.bigint()
    const beganNs = Math.round(performance.now() * 1e6)
    const sinceEpochNs = (): number => Number(process.hrtime.bigint() - epochNs)
    const runId = randomBytes(8).readBigUInt64LE()
    const service = serviceOf(plan)
    let steering: Steering | undefined
    let observer: HashObserver | undefined
    let group: Group | undefined
    try {
      steering = openSteering({
        kind: plan.steering,
        mostMembers: options.mostMembers ?? plan.procs,
        seats: plan.procs + (options.joiners ?? 0),
        flows: plan.flows,
      })
      if (plan.observeHash) observer = new HashObserver(plan.flows)
      group = await Group.start(
        {
          address: plan.host,
          port: plan.port,
          members: plan.procs,
          joiners: options.joiners ?? 0,
          server: plan.server,
          dispatch: plan.dispatch,
          receiveBufferBytes: plan.receiveBufferBytes,
          // A closed loop is for throughput; its latency is not a user's, however finely it is divided.
          stampArrivals: plan.rateHz !== undefined,
          ...(steering && { steering }),
          ...(observer && { observer }),
          payloadBytes: plan.payloadBytes,
          ...(plan.pinMembers && { pinMembers: plan.pinMembers }),
          ...(service && { service }),
          runId,
          epochNs,
        },
        signal,
      )
      const groupNs = sinceEpochNs()
      progress.enter('opening flows')
      const load = await Load.open({
        flowPlan: traffic.flowPlan,
        workers: plan.workers,
        pinWorkers: plan.pinWorkers,
        inFlight: plan.inFlight,
        waveSize: plan.waveSize,
        engine: plan.engine,
        server: { address: serverAddress(plan), port: group.sockets.port },
        runId,
        epochNs,
        members: options.memberIndexes ?? plan.procs,
        payloadBytes: plan.payloadBytes,
        seed: plan.seed,
        warmupNs: plan.warmupNs,
        durationNs: plan.durationNs,
        requestsPerFlow: plan.requests,
        timeoutNs: plan.timeoutNs,
        rateHz: plan.rateHz,
        arrivals: plan.arrivals ?? 'constant',
        weights: traffic.weights,
        trace: options.trace,
      })
      const watch = new StrangerWatch(group)
      return new Session(options, progress, group, load, watch, beganNs, groupNs, sinceEpochNs() - groupNs)
    } catch (error) {
      progress.end()
      await group?.stop()
      steering?.close()
      observer?.close()
      throw error
    }
  }

  /** Now, in ns since the session's epoch. */
  nowNs(): number {
    return Number(process.hrtime.bigint() - this.group.options.epochNs)
  }

  /** Waits until members have answered what an overload in the warm-up left in their queues, or for a bounded time. */
  async untilAnswered(): Promise<void> {
    const counters = await this.group.snapshot()
    if (counters.every(({ queuedBytes }) => queuedBytes === 0)) return
    await this.group.untilEmpty(this.options.signal.aborted ? INTERRUPTED_SETTLE_BOUND_MS : SETTLE_BOUND_MS)
  }

  /** Runs the measured phase, watching for strangers. */
  async measure(): Promise<WorkerReport[]> {
    const { group, load, watch, progress } = this
    watch.start()
    progress.enter('measuring')
    const reports = await load.measure(async () => {
      const hurried = this.options.signal.aborted || group.wounded
      await group.untilEmpty(hurried ? INTERRUPTED_SETTLE_BOUND_MS : SETTLE_BOUND_MS)
    })
    watch.stop()
    watch.look()
    progress.enter('finishing')
    return reports
  }

  /** Takes everything down, in whatever state it is. Safe to call twice. */
  async close(): Promise<void> {
    this.options.signal.removeEventListener('abort', this.#stopLoad)
    this.progress.end()
    this.watch.stop()
    await this.load.close()
    await this.group.stop()
    this.group.options.steering?.close()
    this.group.options.observer?.close()
  }
}
