import { mergeHistograms, PERCENTILES } from '../analysis/latency/latency.js'
import { intervalBetween, standingOf } from '../assembly/intervals.js'
import type { Load } from '../client/load.js'
import type { Group } from '../group/group.js'
import { addon } from '../native.js'
import { MOST_INTERVALS, nextBoundaryNs } from '../plan/intervals.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { GroupReading } from '../recording/group-recording.js'
import type { GroupEvent, IntervalReading, IntervalsRecording } from '../recording/interval-reading.js'
import type { ToldInterval } from '../result/interval.js'
import type { IntervalResult } from '../result/run-result.js'
import type { Clock } from './testbed.js'

export interface IntervalOptions {
  everyNs: number
  onInterval: (told: ToldInterval) => void
}

/** What is watched. */
interface Watched {
  group: Group
  load: Load
  clock: Clock
  plan: RunPlan
  /** all that is known to have happened to the group since the phase began */
  events: () => readonly GroupEvent[]
}

/** How much of a CPU it may take to look at the members' sockets from outside. */
const MOST_LOOK_SHARE = 0.01
/** The longest that a timer waits. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

/**
 * Reads at the end of each interval of a measured phase what was counted until then, in memory that members and client
 * threads share with this process. The last one ends when everything has come to rest.
 */
export class IntervalWatch {
  readonly #readings: IntervalReading[] = []
  readonly #stopped = new AbortController()
  #watching: Promise<void> = Promise.resolve()
  #startNs = 0
  #allSent = false
  /** the last look from outside: when, and what it took of the CPU */
  #looked = { atNs: 0, tookNs: 0 }
  readonly #marked = new Set<string>()
  #told = 0

  constructor(
    readonly watched: Watched,
    readonly options: IntervalOptions,
  ) {}

  /** The measured phase has begun. */
  start(startNs: number): void {
    this.#startNs = startNs
    this.#watching = this.#watch(this.#stopped.signal)
    // Whoever ends the watch sees what failed; until then it must not count as unhandled.
    this.#watching.catch(() => {})
  }

  async #watch(stopped: AbortSignal): Promise<void> {
    const { clock, load } = this.watched
    const allSent = load.allSent.then(() => (this.#allSent = true))
    while (!this.#allSent) {
      await Promise.race([clock.wait(this.#untilDueMs(), stopped), allSent])
      if (stopped.aborted && !this.#allSent) return
      await this.#read('load')
      this.#tellLast()
    }
  }

  #untilDueMs(): number {
    const { clock, plan } = this.watched
    // Two are left for that in which the load ends, and what comes after it.
    if (this.#readings.length >= MOST_INTERVALS - 2) return LONGEST_WAIT_MS
    const startNs = this.#startNs
    const endNs = plan.durationNs === undefined ? undefined : startNs + plan.durationNs
    const dueNs = nextBoundaryNs(this.#lastNs, this.options.everyNs, { startNs, endNs })
    return Math.min(LONGEST_WAIT_MS, Math.max(0, (dueNs - clock.nowNs()) / 1e6))
  }

  get #lastNs(): number {
    return this.#readings.at(-1)?.atNs ?? this.#startNs
  }

  async #read(phase: IntervalReading['phase']): Promise<void> {
    const { load, clock, plan } = this.watched
    const taken = await load.endInterval()
    if (taken === undefined) return
    const { atNs, counts, service, response } = taken
    const group = standingOf(plan.dispatch, this.#groupReading())
    this.#readings.push({
      // Threads that wait, or have ended, handed in what they had before.
      atNs: phase === 'load' && atNs > this.#lastNs ? atNs : clock.nowNs(),
      phase,
      counts,
      ...group,
      service: mergeHistograms(service).figures(PERCENTILES),
      response: mergeHistograms(response).figures(PERCENTILES),
    })
  }

  #groupReading(): GroupReading {
    const { group, clock } = this.watched
    const { atNs, tookNs } = this.#looked
    const nowNs = clock.nowNs()
    if (tookNs > MOST_LOOK_SHARE * (nowNs - atNs)) return group.reading(false)
    const beganNs = addon.threadCpuNs()
    const reading = group.reading(true)
    this.#looked = { atNs: nowNs, tookNs: addon.threadCpuNs() - beganNs }
    return reading
  }

  /** Tells of the interval that has just ended, with what is known by now to have happened in it or before. */
  #tellLast(): void {
    const { plan } = this.watched
    const [before, after] = [this.#readings.at(-2), this.#readings.at(-1)!]
    const events = this.watched.events().filter(({ kind, atNs }) => {
      const key = `${kind} ${atNs}`
      if (atNs > after.atNs || this.#marked.has(key)) return false
      this.#marked.add(key)
      return true
    })
    const interval = intervalBetween(
      { dispatch: plan.dispatch, startNs: this.#startNs },
      before,
      after,
      events,
    )
    this.options.onInterval({ number: this.#told++, interval })
  }

  /**
   * All has come to rest.
   * @throws what kept it from reading
   */
  async end(): Promise<void> {
    this.#stopped.abort()
    await this.#watching
    await this.#read(this.#allSent ? 'drain' : 'load')
  }

  /** Tells of the intervals that were not told yet. */
  tellRest(intervals: readonly IntervalResult[]): void {
    for (const interval of intervals.slice(this.#told))
      this.options.onInterval({ number: this.#told++, interval })
  }

  /** What was read, and what has happened. */
  get recording(): IntervalsRecording {
    return { readings: this.#readings, events: [...this.watched.events()] }
  }
}
