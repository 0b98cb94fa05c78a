import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import { entryFile } from '../entry.js'
import { RpbenchError } from '../errors.js'
import { cpuOf } from '../plan/cpu-list.js'
import { shareFlows, type FlowPlan } from '../plan/flow-plan.js'
import { shareOf } from '../plan/share.js'
import { Control, type LiveFigures } from './control.js'
import type { Load } from './load.js'
import type { WorkerMessage, WorkerOutcome, WorkerTask } from './protocol.js'
import type { WorkerReport } from '../recording/worker-report.js'

/** What differs from worker to worker. */
type OwnedByLoad = 'index' | 'workers' | 'port' | 'control' | 'share' | 'cpu'

/** The load of a run; sizes and rates are those of all workers together. */
export interface LoadOptions extends Omit<WorkerTask, OwnedByLoad> {
  flowPlan: FlowPlan
  workers: number
  /** CPUs that workers are pinned to, in turn; none when absent */
  pinWorkers: readonly number[] | undefined
}

const sum = (weights: Float64Array): number => weights.reduce((total, weight) => total + weight, 0)

/** One worker as the parent sees it: what it says, and how its task ends. */
class LoadWorker {
  readonly outcome: Promise<WorkerOutcome>
  readonly #port: MessagePort

  constructor(
    pool: Piscina,
    readonly index: number,
    readonly control: Control,
    task: Omit<WorkerTask, 'port' | 'index' | 'control'>,
  ) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const message: WorkerTask = { ...task, index, control: control.memory, port: port2 }
    this.outcome = pool.run(message, { transferList: [port2] }) as Promise<WorkerOutcome>
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    this.outcome.catch(() => {})
  }

  /** The next thing the worker says; undefined when its task ended instead. */
  async next(): Promise<WorkerMessage | undefined> {
    const said = once(this.#port, 'message').then(([message]) => message as WorkerMessage)
    const ended = this.outcome.then(({ failure }) => {
      if (failure) throw new RpbenchError(failure.code, failure.message)
      return undefined
    })
    return Promise.race([said, ended])
  }

  open(): void {
    this.control.open(this.index)
  }
}

/** The load side of a run: worker threads, each with its share of the flows, taken through their phases together. */
export class WorkerLoad implements Load {
  private constructor(
    readonly control: Control,
    readonly workers: LoadWorker[],
    readonly pool: Piscina,
  ) {}

  /**
   * Starts the workers and opens the flows' sockets (of the first wave).
   * @throws RpbenchError when flows cannot be opened
   */
  static async open(options: LoadOptions): Promise<WorkerLoad> {
    const { flowPlan, workers: count, pinWorkers, inFlight, waveSize, rateHz, weights, ...task } = options
    const { Piscina } = await import('piscina')
    const pool = new Piscina({
      filename: entryFile('client/worker.js'),
      minThreads: count,
      maxThreads: count,
    })
    const control = new Control(Control.memory(count))
    const workers = shareFlows(flowPlan, count).map((share, i) => {
      const own = weights?.slice(share.firstFlow, share.firstFlow + share.flows)
      return new LoadWorker(pool, i, control, {
        ...task,
        workers: count,
        share,
        inFlight: shareOf(inFlight, count, i),
        waveSize: shareOf(waveSize, count, i),
        // Each worker draws among its own flows: its rate is what these weigh.
        rateHz:
          rateHz === undefined ? undefined : rateHz * (own && weights ? sum(own) / sum(weights) : 1 / count),
        weights: own,
        cpu: cpuOf(pinWorkers, i),
      })
    })
    const load = new WorkerLoad(control, workers, pool)
    try {
      await Promise.all(workers.map((worker) => worker.next()))
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

  get figures(): LiveFigures {
    return this.control.figures
  }

  /** Ends the threads. Their sockets close with them. */
  async close(): Promise<void> {
    this.stop()
    for (const worker of this.workers) worker.open()
    await this.pool.destroy()
  }
}
