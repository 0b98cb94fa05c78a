import type { Observer } from '../../observer/observer.js'
import type { AttachPlan } from '../../plan/attach-plan.js'
import { nextBoundaryNs } from '../../plan/intervals.js'
import type { Counts, Taker } from '../../recording/observation.js'
import type { WatchedGroup, WatchedInterval } from '../../recording/watched-group.js'
import type { Clock } from '../testbed.js'
import { MembersSeen } from './members-seen.js'
import type { GroupView } from './view.js'

/** How often the sockets are looked at, ms, and how much of a CPU that may take. A look takes 50 µs of a quiet host. */
const LOOK_EVERY_MS = 100
const MOST_SHARE = 0.02
/** Longer than this it does not pause, however long a look takes: who is there is to be known. */
const LONGEST_PAUSE_MS = 500
/** Of the time between two, how much the search for holders may take: it goes through all processes of the host. */
const MOST_SEARCHING = 0.02

/** What a watch needs. */
export interface GroupWatchTools {
  plan: AttachPlan
  protocol: 'udp' | 'tcp'
  clock: Clock
  view: GroupView
  onInterval: (interval: WatchedInterval) => void
}

/** Looks at the sockets of a group again and again, and puts what it sees together. */
export class GroupWatch {
  readonly seen = new MembersSeen()
  readonly #tools: GroupWatchTools
  readonly #intervals: WatchedInterval[] = []
  #startNs: number
  #hiddenProcesses = false
  #looks = 0
  #searchAgainNs = 0

  constructor(tools: GroupWatchTools) {
    this.#tools = tools
    this.#startNs = tools.clock.nowNs()
  }

  get #sinceStartNs(): number {
    return this.#tools.clock.nowNs() - this.#startNs
  }

  /** Errors as those of `readWatchedSockets`. */
  look(observer?: Observer): void {
    const { view, protocol } = this.#tools
    this.#looks++
    if (this.seen.look(view.sockets(protocol), this.#sinceStartNs) === 'none') return
    this.#searchHolders()
    observer?.follow(this.seen.present)
  }

  #searchHolders(): void {
    const { view, clock } = this.#tools
    const spentNs = view.lookNs()
    const { byInode, hidden } = view.holders(this.seen.present.map(({ inode }) => inode))
    this.#hiddenProcesses = hidden
    this.seen.held(byInode)
    this.#searchAgainNs = clock.nowNs() + (view.lookNs() - spentNs) / MOST_SEARCHING
  }

  #endInterval(observer: Observer): void {
    const { clock, view, onInterval } = this.#tools
    if (clock.nowNs() >= this.#searchAgainNs) this.#searchHolders()
    view.lookAtReaders(this.seen.holders)
    const interval = this.seen.endInterval(this.#sinceStartNs, observer.counts())
    this.#intervals.push(interval)
    onInterval(interval)
  }

  /** Watches for as long as planned, or until it is aborted; then for the last time. Errors as those of `look`. */
  async watch(observer: Observer, signal: AbortSignal): Promise<void> {
    const { plan, clock, view } = this.#tools
    // To attach takes a while, in which nothing is counted.
    this.#startNs = clock.nowNs()
    const { durationNs: endNs, intervalNs } = plan
    const nextBoundary = (): number => nextBoundaryNs(this.#sinceStartNs, intervalNs, { startNs: 0, endNs })
    view.lookAtReaders(this.seen.holders)
    let boundaryNs = nextBoundary()
    while (!signal.aborted && this.#sinceStartNs < endNs) {
      const spentNs = view.lookNs()
      this.look(observer)
      const tookMs = (view.lookNs() - spentNs) / 1e6
      if (this.#sinceStartNs >= boundaryNs) {
        this.#endInterval(observer)
        boundaryNs = nextBoundary()
      }
      const untilMs = (Math.min(boundaryNs, endNs) - this.#sinceStartNs) / 1e6
      const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(LOOK_EVERY_MS, tookMs / MOST_SHARE))
      await clock.wait(Math.max(0, Math.min(untilMs, pauseMs)), signal)
    }
    this.look(observer)
    this.#searchHolders()
    this.#endInterval(observer)
  }

  /**
   * What was seen so far.
   * @param takers threads that were seen to take, and what was counted, where that was
   */
  recording(
    takers?: readonly Taker[],
    counts?: Counts,
  ): Pick<
    WatchedGroup,
    'durationNs' | 'members' | 'intervals' | 'hiddenProcesses' | 'looks' | 'plan' | 'protocol'
  > {
    const { plan, protocol, view } = this.#tools
    this.seen.readBy((inode, own) => view.readersOf(inode, own), takers, counts)
    return {
      plan,
      protocol,
      durationNs: this.#sinceStartNs,
      members: [...this.seen.members],
      intervals: this.#intervals,
      hiddenProcesses: this.#hiddenProcesses,
      looks: this.#looks,
    }
  }
}
