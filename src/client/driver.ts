import { threadCpuNs } from '../native.js'
import type { Control } from './control.js'
import type { Engine } from './engine.js'
import { ENGINE_BATCH } from './exchange.js'
import { lifeCode } from '../recording/flow-stays.js'
import { InFlightIntegral } from './in-flight-integral.js'
import type { Requests } from './requests.js'
import type { Silence } from './silence.js'
import type { StampError } from './stamp-error.js'
import type { StreamExchange } from './stream-exchange.js'
import type { Tally } from './tally.js'

/** What decides which flow is asked next, and when. Slots are those of the wave that is open. */
export interface Source {
  /** The phase begins now (ns since the run's epoch); called once, before all else. */
  start(nowNs: number): void
  /**
   * Writes the lanes to ask now into `lanes`, at most `lanes.length`, and returns how many. A source with a
   * schedule also writes when each was meant to be sent.
   */
  due(nowNs: number, waiting: number, lanes: Int32Array, intendedNs: Float64Array): number
  /** The lane's request was answered, or could not be sent. */
  release(lane: number): void
  /** The lane's request went unanswered until its deadline. */
  givenUp(lane: number): void
  /**
   * Whether every flow that is released now is due again at once, and only those: then the engine may ask it again by
   * itself. Each such request is told by `askedAgain`.
   */
  asksAgain(nowNs: number, waiting: number): boolean
  /** A flow was asked again; what its release had put in line is taken. */
  askedAgain(): void
  /** How long nothing will be due, ns, if no reply comes; 0 when something is due now. */
  idleNs(nowNs: number, waiting: number): number
  /** Whether all that this source had to send was sent. */
  finished(nowNs: number): boolean
  /** Requests that its schedule had due by now and that were not sent; 0 without a schedule. */
  arrears(nowNs: number): number
  /** how many flows it asks no more, though they were asked less often than they should be */
  readonly flowsGivenUp: number
}

/** The longest that a worker waits without looking at the stop flag. */
const LONGEST_WAIT_NS = 10e6
/** How long replies are waited for once the user has stopped the run. */
const STOPPED_DRAIN_NS = 250e6

/** What a phase is about: its number on the wire, where it is counted, and the flows that are open. */
export interface Phase {
  wire: 0 | 1
  tally: Tally
  /** whether requests have an intended send time, so that lag and response time mean something */
  scheduled: boolean
  /** flow, within the worker's share, of lane 0 */
  firstFlow: number
  /** who is silent, where the source has no end of its own */
  silence?: Silence
  /** how true its stamps are, where that is to be known */
  stampError?: StampError
}

/** What driving a source took. */
export interface DriveFigures {
  /** from its first turn to its last */
  activeNs: number
  /** CPU time of this thread meanwhile */
  cpuNs: number
  /** requests in flight, integrated over that time: request·ns */
  inFlightIntegralNs: number
  unsent: number
  flowsGivenUp: number
}

/** The loop of a load worker: send what is due, take replies, give up what is overdue. */
export class Driver {
  readonly #intendedNs = new Float64Array(ENGINE_BATCH)
  #phase!: Phase
  #source!: Source

  constructor(
    readonly engine: Engine,
    readonly requests: Requests,
    readonly control: Control,
    readonly worker: number,
  ) {}

  readonly #giveUp = (lane: number, sentNs: number): void => {
    const { tally, firstFlow, silence } = this.#phase
    tally.lostTotal++
    silence?.missed(tally.flows.memberOf(firstFlow + lane), sentNs, this.engine.exchange.nowNs)
    this.#source.givenUp(lane)
  }

  /** Sends until the source has finished or the run is stopped. */
  drive(phase: Phase, source: Source): DriveFigures {
    this.#phase = phase
    this.#source = source
    const { requests, control, engine } = this
    const { tally } = phase
    engine.receive(0)
    const startNs = engine.exchange.nowNs
    source.start(startNs)
    phase.silence?.begins(startNs)
    // What the line showed so far was of another phase.
    control.publish(this.worker, tally.sentTotal, tally.repliedTotal, tally.lostTotal, tally.flows.used)
    const cpuAtStart = threadCpuNs()
    const inFlight = new InFlightIntegral(startNs)
    let nowNs = startNs
    while (!source.finished(nowNs) && !control.finished) {
      const idle = requests.waiting
      const sends = source.due(nowNs, idle, engine.exchange.sendLane, this.#intendedNs)
      this.#send(sends)
      const waiting = requests.waiting
      inFlight.ramp(idle, waiting, engine.exchange.sendNs, sends)
      const waitNs = Math.min(source.idleNs(nowNs, waiting), requests.nextDeadlineNs - nowNs, LONGEST_WAIT_NS)
      if (source.asksAgain(nowNs, waiting)) this.#takeAndAskAgain(Math.max(0, waitNs))
      else {
        const events = engine.receive(Math.max(0, waitNs))
        this.#take(events)
        inFlight.ramp(waiting, requests.waiting, engine.exchange.receivedNs, events)
      }
      nowNs = engine.exchange.nowNs
      requests.expire(nowNs, this.#giveUp)
      tally.endInterval(nowNs)
      control.publish(this.worker, tally.sentTotal, tally.repliedTotal, tally.lostTotal, tally.flows.used)
      if (engine.stream) control.publishConnections(this.worker, engine.stream.connections)
    }
    // Who ends a schedule early ends it now: what was due until then is no arrears.
    if (!control.stopped && !source.finished(nowNs))
      this.#send(source.due(nowNs, requests.waiting, engine.exchange.sendLane, this.#intendedNs))
    return {
      activeNs: nowNs - startNs,
      cpuNs: threadCpuNs() - cpuAtStart,
      inFlightIntegralNs: inFlight.until(nowNs, requests.waiting),
      unsent: source.arrears(nowNs),
      flowsGivenUp: source.flowsGivenUp,
    }
  }

  /** Waits for the replies that are still due, each until its deadline. */
  drain(): void {
    const { requests, engine, control } = this
    let giveUpNs = Infinity
    for (let nowNs = engine.exchange.nowNs; requests.waiting > 0; nowNs = engine.exchange.nowNs) {
      if (control.stopped && giveUpNs === Infinity) giveUpNs = nowNs + STOPPED_DRAIN_NS
      if (nowNs >= giveUpNs) {
        requests.expire(Infinity, this.#giveUp)
        return
      }
      this.#take(engine.receive(Math.max(0, Math.min(requests.nextDeadlineNs - nowNs, LONGEST_WAIT_NS))))
      requests.expire(engine.exchange.nowNs, this.#giveUp)
      this.#phase.tally.endInterval(engine.exchange.nowNs)
    }
  }

  /** Takes what waits at any socket, named by the poller or not: late replies, before their sockets close. */
  sweep(): void {
    for (let n = this.engine.sweep(); n > 0; n = this.engine.sweep()) this.#take(n)
  }

  #send(count: number): void {
    if (count === 0) return
    const { requests, engine } = this
    const { wire, scheduled } = this.#phase
    const x = engine.exchange
    for (let i = 0; i < count; i++) x.sendSequence[i] = requests.next + i
    engine.send(count, wire)
    for (let i = 0; i < count; i++)
      this.#noteSent(x.sendLane[i]!, i, scheduled ? this.#intendedNs[i]! : x.sendNs[i]!)
  }

  /** Replies, each of which has caused the next request of its flow. In this order: a batch may hold the reply to one. */
  #takeAndAskAgain(waitNs: number): void {
    const { engine, requests } = this
    const x = engine.exchange
    const events = engine.receiveAndAskAgain(waitNs, requests.next, this.#phase.wire)
    for (let i = 0; i < events; i++) {
      this.#takeOne(i)
      this.#source.askedAgain()
      this.#noteSent(x.lane[i]!, i, x.sendNs[i]!)
    }
    if (engine.stream) this.#takeConnections(engine.stream, events)
  }

  /** How long connections took, told with the first reply of each; and requests that were lost with theirs. */
  #takeConnections(x: StreamExchange, events: number): void {
    const { tally, wire } = this.#phase
    for (let i = 0; i < events; i++)
      if (x.connectNs[i]! >= 0 && x.phase[i] === wire) tally.noteConnected(x.member[i]!, x.connectNs[i]!)
    for (let i = 0; i < x.cuts; i++) {
      const sequence = x.cutSequence[i]!
      if (!this.requests.cut(sequence)) continue
      tally.lostTotal++
      tally.timeline?.noteCut(this.requests.sentNs(sequence), x.nowNs)
      this.#source.givenUp(x.cutLane[i]!)
    }
  }

  /** Notes what became of the request whose time stands at `i` of the exchange. */
  #noteSent(lane: number, i: number, intendedNs: number): void {
    const { tally, firstFlow, scheduled } = this.#phase
    const sentNs = this.engine.exchange.sendNs[i]!
    if (sentNs < 0) {
      tally.noteSendError(-sentNs)
      this.requests.skip()
      this.#source.release(lane)
      return
    }
    this.requests.sent(lane, sentNs, intendedNs)
    tally.noteSent(firstFlow + lane, sentNs)
    if (scheduled) tally.lag.record(sentNs - intendedNs)
    tally.timeline?.noteSent(sentNs)
  }

  #take(events: number): void {
    for (let i = 0; i < events; i++) this.#takeOne(i)
    const { stream } = this.engine
    if (stream) this.#takeConnections(stream, events)
  }

  #takeOne(i: number): void {
    const { requests } = this
    const { tally, firstFlow, wire, scheduled, silence, stampError } = this.#phase
    const x = this.engine.exchange
    const sequence = x.sequence[i]!
    const member = x.member[i]!
    // Only what was asked in this phase counts; a reply from the warm-up is told by its header.
    if (sequence >= requests.next || member >= tally.members) {
      tally.strangers++
      return
    }
    const lane = x.lane[i]!
    // Read before the reply is noted: a later request may take its place in the ring.
    const intendedNs = scheduled ? requests.intendedNs(sequence) : -1
    const stampNs = stampError ? requests.sentNs(sequence) : -1
    // Over TCP the header says when it was written: a deadline, and what became of requests by time, begin with the asking.
    const { stream } = this.engine
    const sentNs = stream === undefined ? x.sentNs[i]! : stream.askedNs[i]!
    const { kind, wasWaiting } = requests.reply(sequence, sentNs, x.receivedNs[i]!)
    if (wasWaiting) this.#source.release(lane)
    if (x.phase[i] !== wire) return
    const flow = firstFlow + lane
    if (kind === 'duplicate') {
      tally.duplicates++
      return
    }
    tally.flows.noteSeen(flow, member, sequence)
    tally.codes[x.code[i]!]!++
    silence?.heard(member, x.receivedNs[i]!)
    // Late answers too: they say where the request was put, and that its flow is heard again.
    // Over TCP the member that takes a connection may be another than the one it was put to, which has closed.
    const placedNs = stream === undefined ? sentNs : x.takenNs[i]!
    tally.trace?.note(flow, lifeCode(member, x.generation[i]!), placedNs, x.receivedNs[i]!)
    if (kind === 'in-time') {
      tally.noteReply(flow, x, i, intendedNs)
      stampError?.note(stampNs, x.arrivedNs[i]!)
      tally.timeline?.noteReply(sentNs, intendedNs, x.receivedNs[i]!)
    } else {
      tally.timeline?.noteLate(sentNs)
      if (!wasWaiting) tally.lostTotal--
      tally.noteLate(flow, member)
    }
  }
}
