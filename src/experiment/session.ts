import { randomBytes } from 'node:crypto'
import type { Load } from '../client/load.js'
import type { WorkerTask } from '../client/protocol.js'
import { RpbenchError } from '../errors.js'
import type { Group } from '../group/group.js'
import { maxReceiveBufferBytes } from '../host/limits.js'
import type { RunPlan } from '../plan/run-plan.js'
import { httpRequest } from '../plan/http-request.js'
import { PROTOCOL } from '../plan/protocol.js'
import { basisOf } from '../plan/steering.js'
import { familiesTaken } from '../plan/transport.js'
import { flowSources } from '../recording/flow-sources.js'
import type { GroupEvent } from '../recording/interval-reading.js'
import type { HostReadings } from '../recording/host-readings.js'
import type { Recording } from '../recording/recording.js'
import type { WorkerReport } from '../recording/worker-report.js'
import { eventOfDeath, eventsOfSilences } from './group-events.js'
import { HostWatch } from './host-watch.js'
import { IntervalWatch, type IntervalOptions } from './interval-watch.js'
import type { Progress } from './progress.js'
import { ProgressReporter } from './progress-reporter.js'
import { SilenceWatch } from './silence-watch.js'
import { StrangerWatch } from './stranger-watch.js'
import { OWN_TESTBED, type Clock, type Testbed } from './testbed.js'
import { exposureOf, type Traffic } from './traffic.js'

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
  /** how long the load may go on, ns, where it is ended before; as the plan says when absent */
  loadNs?: number
  /** how to divide the measured phase; it is not when absent */
  intervals?: IntervalOptions | undefined
  /** a group and a load of our own when absent */
  testbed?: Testbed
  /** see Recording */
  servedBy?: Recording['servedBy']
}

/** What was read when the measured phase began, and what the workers say at its end. */
interface Measuring {
  startedNs: number
  hostWatch: HostWatch
  host?: HostReadings
  reports?: WorkerReport[]
}

/** How long members may take to empty their queues when replies are missing, ms. */
const SETTLE_BOUND_MS = 3_000
const INTERRUPTED_SETTLE_BOUND_MS = 200

/** What an experiment works with: a group that serves, and a load whose flows are open; and the order of their taking down. */
export class Session {
  readonly #stopLoad = (): void => this.load.stop()
  readonly #deaths: GroupEvent[] = []
  /** what was changed in the group so far */
  changeEvents: () => readonly GroupEvent[] = () => []
  readonly intervals: IntervalWatch | undefined
  #measuring: Measuring | undefined
  #waitedNs = 0
  #lateMs = 0

  private constructor(
    readonly options: SessionOptions,
    readonly progress: ProgressReporter,
    readonly clock: Clock,
    readonly group: Group,
    readonly load: Load,
    readonly watch: StrangerWatch,
    readonly silences: SilenceWatch,
    readonly startedAt: Date,
    /** of the process, ns since its start, when this session began: its times count from there */
    readonly beganNs: number,
    readonly groupNs: number,
    readonly flowsNs: number,
  ) {
    const { signal } = options
    progress.load = load
    progress.silent = () => silences.silent.map(({ life }) => life?.member ?? 'front')
    silences.start()
    signal.addEventListener('abort', this.#stopLoad)
    if (signal.aborted) load.stop()
    group.onDeath((who) => {
      this.#deaths.push(eventOfDeath(who === 'front' ? undefined : group.lives[who], clock.nowNs()))
      load.stop()
    })
    this.intervals = this.#watchOfIntervals()
  }

  #watchOfIntervals(): IntervalWatch | undefined {
    const { group, load, clock, silences } = this
    const { plan, intervals } = this.options
    const events = (): GroupEvent[] => [
      ...this.changeEvents(),
      ...this.#deaths,
      ...eventsOfSilences(silences.since(this.startNs)),
    ]
    return intervals && new IntervalWatch({ group, load, clock, plan, events }, intervals)
  }

  /**
   * Starts the group, then opens the flows.
   * @throws RpbenchError; nothing is left running then
   */
  static async open(options: SessionOptions): Promise<Session> {
    const { plan, traffic, signal, testbed = OWN_TESTBED } = options
    const startedAt = new Date()
    const clock = testbed.startClock()
    const { joiners = 0, mostMembers = plan.procs } = options
    const byFlow = basisOf(plan) === 'flow'
    const progress = new ProgressReporter(
      { plan, clock, byFlow, changes: options.trace !== undefined },
      options.onProgress,
    )
    const beganNs = Math.round(performance.now() * 1e6)
    const shared = { runId: randomBytes(8).readBigUInt64LE(), epochNs: clock.epochNs }
    let group: Group | undefined
    try {
      group = await testbed.startGroup({ plan, joiners, mostMembers, ...shared }, signal)
      const groupNs = clock.nowNs()
      progress.enter('opening flows')
      const questions = traffic.questions ?? httpRequest(plan)
      const load = await testbed.openLoad(
        {
          flowPlan: traffic.flowPlan,
          workers: plan.workers,
          pinWorkers: plan.pinWorkers,
          inFlight: plan.inFlight,
          waveSize: plan.waveSize,
          engine: plan.engine,
          server: { address: plan.host, port: group.port },
          anywhere: plan.remote ?? false,
          foreign: plan.membersUnknown && { questions },
          ...shared,
          runId: group.runId ?? shared.runId,
          members: options.memberIndexes ?? plan.procs,
          payloadBytes: questions?.mostBytes ?? plan.payloadBytes,
          transport: PROTOCOL[plan.protocol].transport,
          requestsPerConnection: plan.requestsPerConnection,
          seed: plan.seed,
          sharedClock: plan.target === undefined,
          warmupNs: plan.warmupNs,
          durationNs: options.loadNs ?? plan.durationNs,
          requestsPerFlow: plan.requests,
          timeoutNs: plan.timeoutNs,
          placedByFlow: byFlow,
          rateHz: plan.rateHz,
          arrivals: plan.arrivals ?? 'constant',
          weights: traffic.weights,
          trace: options.trace,
          intervals: options.intervals !== undefined,
        },
        signal,
      )
      const watch = new StrangerWatch(group, clock)
      const silences = new SilenceWatch(group, clock)
      const flowsNs = clock.nowNs() - groupNs
      return new Session(
        options,
        progress,
        clock,
        group,
        load,
        watch,
        silences,
        startedAt,
        beganNs,
        groupNs,
        flowsNs,
      )
    } catch (error) {
      progress.end()
      await group?.stop()
      throw error
    }
  }

  /**
   * Waits for the time before which nothing is to be sent, where the plan has one.
   * @throws RpbenchError RPB_INTERRUPTED where it is stopped meanwhile
   */
  async waitForStart(): Promise<void> {
    const { plan, signal } = this.options
    if (plan.startAt === undefined) return
    const beganNs = this.clock.nowNs()
    const waitMs = Date.parse(plan.startAt) - Date.now()
    this.#lateMs = Math.max(0, -waitMs)
    this.progress.enter('waiting to start')
    if (waitMs > 0) await this.clock.wait(waitMs, signal)
    this.#waitedNs = this.clock.nowNs() - beganNs
    if (signal.aborted) throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
  }

  /** Runs the warm-up, and reads where everything stands when it is over: the measured phase may begin. */
  async warmUp(): Promise<void> {
    this.progress.enter('warming up')
    await this.load.warmUp()
    await this.#untilAnswered()
    const { plan } = this.options
    // Before the members' counters are read, so that the host's cover all that they count.
    const hostWatch = new HostWatch(familiesTaken(plan), PROTOCOL[plan.protocol].transport)
    await this.group.begin()
    this.#measuring = { startedNs: this.clock.nowNs(), hostWatch }
  }

  /** When the measured phase began, ns since the epoch. */
  get startNs(): number {
    return this.#begun().startedNs
  }

  #begun(): Measuring {
    if (this.#measuring === undefined) throw new Error('nothing is measured before the warm-up')
    return this.#measuring
  }

  /** Waits until members have answered what an overload in the warm-up left in their queues, or for a bounded time. */
  async #untilAnswered(): Promise<void> {
    if (await this.group.isEmpty()) return
    await this.group.untilEmpty(this.options.signal.aborted ? INTERRUPTED_SETTLE_BOUND_MS : SETTLE_BOUND_MS)
  }

  /**
   * Runs the measured phase, watching for strangers, until its last reply came or is overdue.
   * @param over called then, before anything is read
   */
  async measure(over: () => Promise<void> = async () => {}): Promise<void> {
    const { group, load, watch, progress } = this
    const measuring = this.#begun()
    watch.start()
    this.intervals?.start(measuring.startedNs)
    progress.enter('measuring')
    measuring.reports = await load.measure(async () => {
      const hurried = this.options.signal.aborted || group.wounded
      await group.untilEmpty(hurried ? INTERRUPTED_SETTLE_BOUND_MS : SETTLE_BOUND_MS)
    })
    await over()
    await this.intervals?.end()
    watch.stop()
    watch.look()
    this.silences.look()
    this.silences.stop()
    progress.enter('finishing')
    measuring.host = measuring.hostWatch.stop()
  }

  /**
   * Stops the group, and gives all that there is to say of what was measured.
   * @param changes what was to change in the group meanwhile, and what did
   */
  async finish(changes?: Recording['changes']): Promise<Recording> {
    const { plan, signal, traffic } = this.options
    const { startedNs, host = {}, reports = [] } = this.#begun()
    const clientResidentBytes = process.memoryUsage.rss()
    const hashes = this.group.hashesOf(flowSources(reports))
    const group = await this.group.finish()
    const firstSentNs = Math.min(...reports.map((r) => (r.firstSentNs < 0 ? Infinity : r.firstSentNs)))
    const exposed = exposureOf(plan)
    const mostBytes = group.seenThere ? undefined : maxReceiveBufferBytes()
    return {
      plan,
      startedAt: this.startedAt,
      startNs: startedNs,
      group,
      reports,
      host,
      ...(group.ofAllShards && { allShards: { ...group.ofAllShards, group } }),
      ...(hashes && { hashes }),
      ...(traffic.questions && { questions: traffic.questions.ends.length }),
      strangers: group.seenThere?.strangers ?? this.watch.found,
      ...(!this.group.hearsOfClosings && { closingsUnheard: true }),
      silences: group.seenThere?.silences ?? this.silences.since(startedNs),
      ...(this.options.servedBy && { servedBy: this.options.servedBy }),
      interrupted: signal.aborted,
      ...(this.intervals && { intervals: this.intervals.recording }),
      ...(changes && { changes }),
      startup: {
        groupNs: this.groupNs,
        flowsNs: this.flowsNs,
        warmupNs: startedNs - this.groupNs - this.flowsNs - this.#waitedNs,
        firstMeasuredPacketNs: Number.isFinite(firstSentNs) ? Math.round(this.beganNs + firstSentNs) : 0,
      },
      clientResidentBytes,
      ...(this.#lateMs > 0 && { startedLateMs: this.#lateMs }),
      ...(exposed && { exposed }),
      ...(mostBytes !== undefined && { maxReceiveBufferBytes: mostBytes }),
    }
  }

  /** Takes everything down, in whatever state it is. Safe to call twice. */
  async close(): Promise<void> {
    this.options.signal.removeEventListener('abort', this.#stopLoad)
    this.progress.end()
    this.watch.stop()
    this.silences.stop()
    await this.load.close()
    await this.group.stop()
  }
}
