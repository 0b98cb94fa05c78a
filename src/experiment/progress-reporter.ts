import type { LiveFigures } from '../client/control.js'
import type { Load } from '../client/load.js'
import type { RunPlan } from '../plan/run-plan.js'
import { doneShare, remainingOfRun } from './expected-time.js'
import type { Progress, ProgressFigures, RunPhase } from './progress.js'
import type { Clock } from './testbed.js'

const EVERY_MS = 100
/** Over how many of these a rate is taken. */
const RATE_TICKS = 10

const NO_FIGURES: LiveFigures = { sent: 0, replied: 0, lost: 0, flowsUsed: 0 }

/** What is told of. */
interface Told {
  plan: RunPlan
  clock: Clock
  /** whether members come or go while it is measured */
  changes: boolean
  /** whether a flow has a member of its own */
  byFlow: boolean
}

/** Tells the caller where a run is, ten times a second. */
export class ProgressReporter {
  #phase: RunPhase = 'starting the group'
  readonly #beganNs: number
  #sinceNs: number
  /** replies so far, at the last so many looks */
  #replies: { atNs: number; replied: number }[] = []
  #waves = { done: 0, lastNs: 0 }
  /** undefined until the flows are open */
  load: Load | undefined
  silent: () => Progress['silent'] = () => []
  readonly #ended = new AbortController()

  constructor(
    readonly told: Told,
    readonly report: (progress: Progress) => void,
  ) {
    this.#beganNs = this.#sinceNs = told.clock.nowNs()
    void this.#tellOnAndOn(this.#ended.signal)
  }

  async #tellOnAndOn(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      await this.told.clock.wait(EVERY_MS, ended)
      if (!ended.aborted) this.#tell()
    }
  }

  #tell(): void {
    const { plan, clock } = this.told
    const nowNs = clock.nowNs()
    const elapsedNs = nowNs - this.#sinceNs
    const measuring = this.#phase === 'measuring'
    const figures = this.load?.figures ?? NO_FIGURES
    const wavesDone = measuring ? (this.load?.wavesDone ?? 0) : 0
    if (wavesDone > this.#waves.done) this.#waves = { done: wavesDone, lastNs: elapsedNs }
    const waitNs = plan.startAt === undefined ? 0 : 1e6 * Math.max(0, Date.parse(plan.startAt) - Date.now())
    const remainingNs = remainingOfRun(plan, {
      waitNs,
      phase: this.#phase,
      elapsedNs,
      sent: figures.sent,
      wavesDone: this.#waves.done,
      lastWaveNs: this.#waves.lastNs,
    })
    this.report({
      phase: this.#phase,
      elapsedNs,
      remainingNs,
      doneShare: doneShare(nowNs - this.#beganNs, remainingNs),
      ...(measuring &&
        plan.waves > 1 && { wave: { number: Math.min(plan.waves, wavesDone + 1), of: plan.waves } }),
      figures: { ...figures, ...this.#reckoned(figures, nowNs) },
      silent: this.silent(),
    })
  }

  /** What comes of the figures. */
  #reckoned(
    { sent, replied, lost }: LiveFigures,
    nowNs: number,
  ): Pick<ProgressFigures, 'rateHz' | 'lossShare' | 'maxOverMean'> {
    this.#replies = [...this.#replies.slice(-RATE_TICKS), { atNs: nowNs, replied }]
    const [first] = this.#replies
    const [ns, replies] = [nowNs - first!.atNs, replied - first!.replied]
    const { plan, changes, byFlow } = this.told
    const seen =
      this.#phase === 'measuring' && byFlow && !changes && plan.procs > 1 ? (this.load?.flowsSeen ?? []) : []
    const flows = seen.reduce((sum, one) => sum + one, 0)
    return {
      ...(ns > 0 && replies > 0 && { rateHz: (1e9 * replies) / ns }),
      ...(sent > 0 && { lossShare: Math.max(0, lost / sent) }),
      ...(flows > 0 && { maxOverMean: (Math.max(...seen) * plan.procs) / flows }),
    }
  }

  enter(phase: RunPhase): void {
    this.#phase = phase
    this.#sinceNs = this.told.clock.nowNs()
    this.#replies = []
    this.#tell()
  }

  end(): void {
    this.#ended.abort()
  }
}
