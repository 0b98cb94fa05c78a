import { attend, type Attention } from '../analysis/silence/silence.js'
import type { Group, Pulse } from '../group/group.js'
import type { Silence } from '../recording/silence.js'
import type { Clock } from './testbed.js'

const LOOK_EVERY_MS = 100

/** What is watched: a life of a member, or the front. */
interface Watched {
  pulse: Pulse
  attention: Attention
}

/** Looks ten times a second whether all that are to serve do, in memory that they share with this process. */
export class SilenceWatch {
  readonly #watched = new Map<Pulse['who'], Watched>()
  readonly #over: Silence[] = []
  readonly #stopped = new AbortController()

  constructor(
    readonly group: Group,
    readonly clock: Clock,
  ) {}

  start(): void {
    void this.#watch(this.#stopped.signal)
  }

  async #watch(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      this.look()
      await this.clock.wait(LOOK_EVERY_MS, stopped)
    }
  }

  look(): void {
    const atNs = this.clock.nowNs()
    const pulses = this.group.pulses()
    for (const pulse of pulses) {
      const { who, progress, longestServiceNs } = pulse
      const before = this.#watched.get(who)?.attention
      const state = progress === before?.progress ? pulse.state() : undefined
      const look = { atNs, progress, longestServiceNs, ...(state && { state }) }
      const attention = attend(before, look)
      if (before?.silent && !attention.silent) this.#over.push(silenceOf(pulse, before, atNs, true))
      this.#watched.set(who, { pulse, attention })
    }
    for (const [who, { pulse, attention }] of this.#watched) {
      if (pulses.some((other) => other.who === who)) continue
      // It is to serve no more: it was told to go, or to stand still.
      if (attention.silent) this.#over.push(silenceOf(pulse, attention, atNs, false))
      this.#watched.delete(who)
    }
  }

  /** Who is silent now. */
  get silent(): Pulse[] {
    return [...this.#watched.values()].flatMap(({ pulse, attention }) => (attention.silent ? [pulse] : []))
  }

  /** The times in which one stood still, as far as they reach into what came after `sinceNs`. */
  since(sinceNs: number): Silence[] {
    const still = [...this.#watched.values()].flatMap(({ pulse, attention }) =>
      attention.silent ? [silenceOf(pulse, attention, attention.lookedNs, false)] : [],
    )
    return [...this.#over, ...still].filter(({ toNs }) => toNs > sinceNs)
  }

  stop(): void {
    this.#stopped.abort()
  }
}

function silenceOf(
  { life, pid }: Pulse,
  { silent = 'unknown', workedNs }: Attention,
  toNs: number,
  cameBack: boolean,
): Silence {
  return { ...(life && { life }), pid, state: silent, fromNs: workedNs, toNs, cameBack }
}
