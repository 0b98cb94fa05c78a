import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import { entryFile } from '../entry.js'
import { isErrorCode, RpbenchError } from '../errors.js'
import { refusalClause, shortageClause } from '../host/shortage.js'
import { cpuOf } from '../plan/cpu-list.js'
import { shareFlows, type FlowPlan, type FlowShare } from '../plan/flow-plan.js'
import { flagOf } from '../plan/parameters/table.js'
import { shareOf } from '../plan/share.js'
import { Control, type LiveFigures } from './control.js'
import { IntervalMemory, type HandedOver } from './interval-memory.js'
import type { Load, LoadReading } from './load.js'
import type { WorkerMessage, WorkerOutcome, WorkerTask } from './protocol.js'
import type { EndedConnections } from '../recording/loss-reading.js'
import type { WorkerReport } from '../recording/worker-report.js'

/** What differs from worker to worker. */
type OwnedByLoad =
  'index' | 'place' | 'workers' | 'port' | 'control' | 'share' | 'cpu' | 'intervals' | 'flowsSeen'

/** The load of a run; sizes and rates are those of all workers together. */
export interface LoadOptions extends Omit<WorkerTask, OwnedByLoad> {
  flowPlan: FlowPlan
  workers: number
  /** CPUs that workers are pinned to, in turn; none when absent */
  pinWorkers: readonly number[] | undefined
  /** whether it is to be read by interval */
  intervals: boolean
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const one of numbers) total += one
  return total
}

/** What all workers handed over. */
function sumOf(parts: readonly HandedOver[]): LoadReading {
  const total = (count: keyof HandedOver['counts']): number => sum(parts.map(({ counts }) => counts[count]))
  return {
    atNs: Math.max(...parts.map(({ atNs }) => atNs)),
    counts: {
      sent: total('sent'),
      replied: total('replied'),
      late: total('late'),
      givenUp: total('givenUp'),
    },
    service: parts.map(({ service }) => service),
    response: parts.map(({ response }) => response),
  }
}

/** What a client thread takes beside its flows: memory, bytes, and descriptors, of its event loop and its engine. */
const THREAD = { tasks: 1, bytes: 10e6, files: 8 }

/** The error of a client thread that could not be started, or ended without saying why. */
function threadError(index: number, workers: number, error: unknown): RpbenchError {
  const missing = workers - index
  const need = { tasks: THREAD.tasks * missing, bytes: THREAD.bytes * missing, files: THREAD.files * missing }
  const orElse = workers > 1 ? `lower ${flagOf('workers')}` : `lower ${flagOf('procs')}`
  const { message } = error as Error
  const cause = shortageClause(need, orElse) ?? refusalClause('thread', message, orElse)
  return new RpbenchError(
    'RPB_WORKER',
    `Client thread ${index} of ${workers} could not be started (${message}); ${cause}.`,
    { cause: error },
  )
}

/** One worker as the parent sees it: what it says, and how its task ends. */
class LoadWorker {
  readonly outcome: Promise<WorkerOutcome>
  readonly intervals: IntervalMemory | undefined
  readonly flowsSeen: Int32Array
  wavesDone = 0
  readonly #said: WorkerMessage[] = []
  #hear = (): void => {}

  /**
   * @param pool one thread, for this worker alone
   * @param onSent called when it has sent its last request
   */
  constructor(
    readonly pool: Piscina,
    readonly index: number,
    readonly control: Control,
    task: Omit<WorkerTask, 'port' | 'index' | 'control'>,
    onSent: () => void,
  ) {
    const { port1, port2 } = new MessageChannel()
    port1.on('message', (message: WorkerMessage) => {
      if (message.kind === 'sent') return onSent()
      this.#said.push(message)
      this.#hear()
    })
    this.intervals = task.intervals && new IntervalMemory(task.intervals)
    this.flowsSeen = new Int32Array(task.flowsSeen)
    const message: WorkerTask = { ...task, index, control: control.memory, port: port2 }
    const run = pool.run(message, { transferList: [port2] }) as Promise<WorkerOutcome>
    this.outcome = run.catch((error: unknown) => {
      // Failures of its own a worker returns; these have become of its thread, or came before it was a worker.
      const { code, message: why } = error as NodeJS.ErrnoException
      if (isErrorCode(code)) throw new RpbenchError(code, why)
      throw code?.startsWith('ERR_WORKER_') ? threadError(index, task.workers, error) : error
    })
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    this.outcome.catch(() => {})
  }

  /** The next thing the worker says; undefined when its task ended instead. */
  async next(): Promise<WorkerMessage | undefined> {
    const said = new Promise<WorkerMessage>((resolve) => {
      this.#hear = () => {
        const message = this.#said.shift()
        if (message) resolve(message)
      }
      this.#hear()
    })
    const ended = this.outcome.then(({ failure }) => {
      if (failure) throw new RpbenchError(failure.code, failure.message)
      return undefined
    })
    return Promise.race([said, ended])
  }

  open(): void {
    this.intervals?.letOn()
    this.control.open(this.index)
  }
}

/** Waits for something, but no longer than until the signal is aborted. @throws RpbenchError RPB_INTERRUPTED then */
async function unlessInterrupted<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController()
  const interrupted = async (): Promise<never> => {
    if (!signal.aborted) await once(signal, 'abort', { signal: over.signal })
    throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
  }
  try {
    return await Promise.race([awaited, interrupted()])
  } finally {
    over.abort()
  }
}

/** The load side of a run: worker threads, each with its share of the flows, taken through their phases together. */
export class WorkerLoad implements Load {
  readonly allSent: Promise<void>
  #sending: number
  #tellAllSent = (): void => {}
  #closed = false

  private constructor(
    readonly control: Control,
    readonly workers: LoadWorker[],
    count: number,
  ) {
    this.#sending = count
    this.allSent = new Promise((resolve) => (this.#tellAllSent = resolve))
  }

  /**
   * Starts the workers and opens the flows' sockets (of the first wave).
   * @throws RpbenchError when threads cannot be started or flows cannot be opened, and RPB_INTERRUPTED when `signal` is
   * aborted before; nothing is left running then
   */
  static async open(options: LoadOptions, signal: AbortSignal): Promise<WorkerLoad> {
    const {
      flowPlan,
      workers: count,
      pinWorkers,
      inFlight,
      waveSize,
      rateHz,
      weights,
      intervals,
      ...task
    } = options
    const { Piscina } = await import('piscina')
    // One for each thread: where one cannot be started, a pool of several would leave the others behind.
    const startThread = (i: number): Piscina => {
      try {
        const pool = new Piscina({ filename: entryFile('client/worker.js'), minThreads: 1, maxThreads: 1 })
        // Its task tells of a thread that fails. The pool starts another one then, which has no task to fail with it.
        pool.on('error', () => {})
        return pool
      } catch (error) {
        throw threadError(i, count, error)
      }
    }
    const control = new Control(Control.memory(count))
    const load = new WorkerLoad(control, [], count)
    const shares = shareFlows(flowPlan, count)
    const part = flowPlan.part ?? { index: 1, count: 1 }
    const weightsOf = ({ firstFlow, flows }: FlowShare) => weights?.slice(firstFlow, firstFlow + flows)
    // One whose flows all weigh nothing asks nobody: the others have all that is to be in flight.
    const asking = shares.filter((share) => weightsOf(share)?.every((weight) => weight === 0) !== true)
    const addWorker = (share: FlowShare, i: number): void => {
      const own = weightsOf(share)
      const ofWorker = {
        ...task,
        workers: count,
        place: { index: (part.index - 1) * count + i, of: part.count * count },
        share,
        inFlight: asking.includes(share) ? shareOf(inFlight, asking.length, asking.indexOf(share)) : 0,
        waveSize: shareOf(waveSize, count, i),
        // Each worker draws among its own flows: its rate is what these weigh.
        rateHz:
          rateHz === undefined ? undefined : rateHz * (own && weights ? sum(own) / sum(weights) : 1 / count),
        weights: own,
        cpu: cpuOf(pinWorkers, i),
        intervals: intervals ? IntervalMemory.create() : undefined,
        flowsSeen: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * task.members),
      }
      load.workers.push(new LoadWorker(startThread(i), i, control, ofWorker, () => load.#oneSent()))
    }
    try {
      shares.forEach(addWorker)
      await unlessInterrupted(Promise.all(load.workers.map((worker) => worker.next())), signal)
    } catch (error) {
      await load.close()
      throw error
    }
    return load
  }

  /** Runs the warm-up on all workers, until its last reply came or is overdue. */
  async warmUp(): Promise<void> {
    await Promise.all(
      this.workers.map((worker) => {
        worker.open()
        return worker.next()
      }),
    )
  }

  /**
   * Runs the measured phase.
   * @param settle called whenever a worker has no more replies to wait for and some are missing, before it looks
   * for late ones a last time and closes its sockets
   */
  async measure(settle: () => Promise<void>): Promise<WorkerReport[]> {
    return Promise.all(
      this.workers.map(async (worker) => {
        for (;;) {
          worker.open()
          const message = await worker.next()
          if (message?.kind === 'wave') worker.wavesDone++
          if (message?.kind === 'wave' && message.unanswered > 0) await settle()
          if (message?.kind === 'wave' && message.last) worker.open()
          if (message === undefined || (message.kind === 'wave' && message.last)) break
        }
        const { report, failure } = await worker.outcome
        if (failure) throw new RpbenchError(failure.code, failure.message)
        return report
      }),
    )
  }

  #oneSent(): void {
    this.#sending -= 1
    if (this.#sending === 0) this.#tellAllSent()
  }

  /** Ends an interval in all workers, each in the turn that it is at, and takes what was counted in it. */
  async endInterval(): Promise<LoadReading | undefined> {
    const intervals = this.workers.flatMap((worker) => worker.intervals ?? [])
    for (const one of intervals) one.ask()
    while (!intervals.every(({ ready }) => ready)) {
      if (this.#closed) return undefined
      await delay(1)
    }
    return sumOf(intervals.map((one) => one.take()))
  }

  /** Ends the sending as soon as possible; what was measured is kept. */
  stop(): void {
    this.control.stop()
  }

  /** Ends the sending before its schedule does; replies are waited for. */
  finish(): void {
    this.control.finish()
  }

  /** How many requests all workers would have sent if each were only as far as the slowest. */
  get sentByEach(): number {
    return this.workers.length * this.control.leastSent
  }

  get ended(): EndedConnections {
    return this.control.ended
  }

  get figures(): LiveFigures {
    return this.control.figures
  }

  get flowsSeen(): number[] {
    const [first, ...others] = this.workers.map((worker) => worker.flowsSeen)
    return Array.from(first ?? [], (flows, member) => flows + sum(others.map((seen) => seen[member]!)))
  }

  get wavesDone(): number {
    return Math.min(...this.workers.map((worker) => worker.wavesDone))
  }

  /** Ends the threads. Their sockets close with them. */
  async close(): Promise<void> {
    this.#closed = true
    this.stop()
    for (const worker of this.workers) worker.open()
    await Promise.all(this.workers.map(({ pool }) => pool.destroy()))
  }
}
