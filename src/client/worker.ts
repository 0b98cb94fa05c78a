import { getSystemErrorName } from 'node:util'
import { failedCall, RpbenchError } from '../errors.js'
import { addon } from '../native.js'
import { Control } from './control.js'
import { createSource, endsWithReplies } from './create-source.js'
import { Driver, type DriveFigures, type Phase } from './driver.js'
import { Engine, type ForeignWire } from './engine.js'
import { socketsOf } from './flow-sockets.js'
import type { WorkerMessage, WorkerOutcome, WorkerTask } from './protocol.js'
import { combineConnections, type ConnectionCounts } from '../recording/connection-counts.js'
import type { WorkerReport } from '../recording/worker-report.js'
import { Requests } from './requests.js'
import { IntervalMemory } from './interval-memory.js'
import { LEAST_SILENCE_NS, Silence } from './silence.js'
import { StampError } from './stamp-error.js'
import { Tally } from './tally.js'

/** The wait between what a worker says and what it does next. */
class Gate {
  #passed = 0
  constructor(
    readonly task: WorkerTask,
    readonly control: Control,
    readonly intervals: IntervalMemory | undefined,
  ) {}

  /** @param rest called before it waits */
  say(message: WorkerMessage, rest: () => void): void {
    rest()
    this.task.port.postMessage(message)
    this.control.pass(this.task.index, this.#passed++)
    this.intervals?.goOn()
  }
}

/**
 * The task of a load worker, run by the pool: its share of the flows, from their opening to their closing. What
 * fails is returned: an error that crosses a thread by being thrown loses its code.
 */
export default function work(task: WorkerTask): WorkerOutcome {
  try {
    return { report: drive(task) }
  } catch (error) {
    const known = error instanceof RpbenchError ? error : failedCall(error)
    if (known) return { failure: { code: known.code, message: known.message } }
    throw error
  }
}

/** Adds up what driving the waves took. */
function addFigures(sum: DriveFigures, wave: DriveFigures): DriveFigures {
  return {
    activeNs: sum.activeNs + wave.activeNs,
    cpuNs: sum.cpuNs + wave.cpuNs,
    inFlightIntegralNs: sum.inFlightIntegralNs + wave.inFlightIntegralNs,
    unsent: sum.unsent + wave.unsent,
    flowsGivenUp: sum.flowsGivenUp + wave.flowsGivenUp,
  }
}

/**
 * A load in waves ends after one in which none of so many flows was answered: where one of two members is silent, that comes
 * by chance in one of a million runs.
 */
const LEAST_FLOWS_IN_VAIN = 20

function pinTo(cpu: number): void {
  const status = addon.pinThread(cpu)
  if (status < 0)
    throw new RpbenchError(
      'RPB_CPU',
      `A client thread could not be pinned to CPU ${cpu} (${getSystemErrorName(status)}): it was allowed a moment ago; run again, or leave out --pin-workers.`,
    )
}

/** Requests that a closed loop cannot outrun before they are late. */
const MOST_CLOSED_HZ = 500e3
const LEAST_REMEMBERED = 2 ** 16
const MOST_REMEMBERED = 2 ** 22

/** What a server that is not ours is asked by this worker, and how long it is remembered: for two deadlines. */
function wireOf(task: WorkerTask): ForeignWire | undefined {
  const { foreign, place, rateHz = MOST_CLOSED_HZ, timeoutNs } = task
  if (foreign === undefined) return undefined
  const sentMeanwhile = (2 * rateHz * timeoutNs) / 1e9
  const remembered = 2 ** Math.ceil(Math.log2(sentMeanwhile + 1))
  const questions = foreign.questions?.ends.length ?? 0
  return {
    ...foreign,
    remembered: Math.min(MOST_REMEMBERED, Math.max(LEAST_REMEMBERED, remembered)),
    first: Math.floor((questions * place.index) / place.of),
  }
}

function drive(task: WorkerTask): WorkerReport {
  const { share } = task
  addon.sharpTimers()
  if (task.cpu !== undefined) pinTo(task.cpu)
  const control = new Control(task.control)
  const intervals = task.intervals && new IntervalMemory(task.intervals)
  const barrier = new Gate(task, control, intervals)
  const scheduled = task.rateHz !== undefined
  const flows = socketsOf(share, task.waveSize)
  const { lanes, waves } = flows
  const engine = new Engine({ ...task, lanes, foreign: wireOf(task) })
  const driver = new Driver(engine, new Requests(task.timeoutNs, scheduled), control, task.index)
  const tally = new Tally(
    share.flows,
    task.members,
    scheduled,
    task.trace,
    intervals,
    new Int32Array(task.flowsSeen),
    task.sharedClock,
  )
  const rest = (): void => tally.rest(engine.exchange.nowNs)
  let figures: DriveFigures = { activeNs: 0, cpuNs: 0, inFlightIntegralNs: 0, unsent: 0, flowsGivenUp: 0 }
  let repliesWhileActive = 0
  let stampError: StampError | undefined
  // at the flows' sockets, less what the warm-up dropped
  let dropped = 0
  let connectionsBefore: ConnectionCounts | undefined

  try {
    for (let wave = 0; wave < waves && !control.stopped; wave++) {
      const from = Math.floor((share.flows * wave) / waves)
      const to = Math.floor((share.flows * (wave + 1)) / waves)
      engine.wave(share.firstFlow + from)
      flows.open(engine, from, to)
      const load = { flows: to - from, from, memberOf: (lane: number) => tally.flows.memberOf(from + lane) }
      if (wave === 0) {
        barrier.say({ kind: 'opened' }, rest)
        if (task.warmupNs > 0) {
          const discarded = new Tally(share.flows, task.members, scheduled)
          // A flow's own socket is warmed up by its first request; sockets that are shared need no turn of each flow.
          const strictly = 'ports' in flows.sources
          const source = createSource(task, { ...load, salt: 1, durationNs: task.warmupNs, strictly })
          stampError = new StampError(engine.exchange.nowNs + task.warmupNs / 2)
          driver.drive({ wire: 0, tally: discarded, firstFlow: from, scheduled, stampError }, source)
          driver.drain()
        }
        // So that all connections that are counted are made in the measured phase.
        engine.disconnect()
        connectionsBefore = engine.stream?.connections
        dropped = -engine.drops()
        // Who waits for figures of the measured phase must not take the warm-up's for them.
        control.publish(task.index, 0, 0, 0, 0)
        barrier.say({ kind: 'warmed' }, rest)
      }
      const [repliesBefore, lostBefore] = [tally.repliedTotal, tally.lostTotal]
      const durationNs = task.durationNs === undefined ? undefined : task.durationNs / waves
      tally.loadBegins()
      const silence = endsWithReplies(task)
        ? new Silence(task.members, task.timeoutNs, task.placedByFlow)
        : undefined
      const phase: Phase = { wire: 1, tally, firstFlow: from, scheduled, ...(silence && { silence }) }
      const source = createSource(task, { ...load, salt: 2 + wave, durationNs, silence })
      figures = addFigures(figures, driver.drive(phase, source))
      repliesWhileActive += tally.repliedTotal - repliesBefore
      tally.loadEnds()
      if (intervals && (wave === waves - 1 || control.stopped)) task.port.postMessage({ kind: 'sent' })
      driver.drain()
      const unanswered = tally.lostTotal - lostBefore
      // What nobody answered so far, nobody will: no time for the flows that are left.
      const inVain =
        tally.flows.used >= LEAST_FLOWS_IN_VAIN &&
        !tally.answered &&
        engine.exchange.nowNs - tally.firstSentNs >= LEAST_SILENCE_NS
      const last = wave === waves - 1 || control.stopped || inVain
      barrier.say({ kind: 'wave', last, unanswered }, rest)
      driver.sweep()
      dropped += engine.drops()
      if (inVain) break
    }
    rest()
  } finally {
    engine.wave(0)
    task.port.close()
  }
  return {
    firstFlow: share.firstFlow,
    sources: flows.sources,
    replaced: flows.replaced,
    waves,
    sent: tally.flows.sent,
    replied: tally.flows.replied,
    late: tally.flows.late,
    firstMember: tally.flows.firstMember,
    moves: tally.flows.moves,
    members: tally.memberReports(),
    sendErrors: tally.sendErrors,
    sendErrnos: new Map([...tally.sendErrnos].map(([errno, times]) => [getSystemErrorName(-errno), times])),
    duplicates: tally.duplicates,
    reordered: tally.flows.reordered,
    strangers: tally.strangers + engine.exchange.strangers,
    refused: engine.exchange.refused,
    receiveErrors: engine.exchange.receiveErrors,
    ...(task.foreign && { wrongReplies: engine.exchange.wrongReplies }),
    ...(task.foreign?.questions && { codes: tally.codes }),
    dropped,
    ...(engine.stream &&
      connectionsBefore && {
        connections: combineConnections(
          [engine.stream.connections, connectionsBefore],
          (now, before) => now - before,
        ),
      }),
    activeNs: figures.activeNs,
    repliesWhileActive,
    firstSentNs: tally.firstSentNs,
    cpuActiveNs: figures.cpuNs,
    inFlightIntegralNs: figures.inFlightIntegralNs,
    offered: tally.sentTotal + tally.sendErrors + figures.unsent,
    unsent: figures.unsent,
    flowsGivenUp: figures.flowsGivenUp,
    ...(scheduled && { lag: tally.lag.data }),
    ...(stampError?.data && { stampError: stampError.data }),
    ...(tally.trace &&
      tally.timeline && {
        trace: { stays: tally.trace.stays(), timeline: tally.timeline.data },
      }),
  }
}
