import { RpbenchError } from '../errors.js'
import { SystemError } from '../native.js'
import type { ChangeableGroup } from '../group/group.js'
import { lifeKey, type Life, type Step } from '../kernel/group-array.js'
import type { PlannedChange } from '../plan/change-plan.js'
import type { Leave } from '../plan/leave.js'
import type { DoneChange, FailedChange, TakenStep } from '../recording/done-change.js'
import type { ChangeWatch } from './change-watch.js'
import type { LossWatch } from './loss-watch.js'
import type { Clock } from './testbed.js'

/**
 * So long before a change what is sent counts to it, since it may be queued yet where something closes; but what is lost
 * until a member resumes is lost to its stall.
 */
const QUEUED_NS = 20e6
/** How often it is looked whether enough was sent, ms. */
const LOOK_MS = 2

/** What there must be between two changes, so that each flow shows where it is. */
export interface Quiet {
  /** at least this long, ns */
  ns: number
  /** and at least so many requests, over all flows */
  requests: number
  /** how many were sent so far in the measured phase */
  sent: () => number
}

/** Carries out planned changes on a group at their times, one after another. */
export class ChangeRunner {
  readonly done: DoneChange[] = []
  /** the one that could not be carried out, after which none was tried */
  failed: FailedChange | undefined
  readonly #lives = new Map<string, number>()
  #sentWhenDone = 0

  constructor(
    readonly group: ChangeableGroup,
    readonly plan: readonly PlannedChange[],
    readonly clock: Clock,
    readonly quiet: Quiet,
    readonly watch: ChangeWatch,
    readonly losses: LossWatch,
    readonly leave: Leave,
  ) {
    group.lives.forEach((life, i) => this.#lives.set(lifeKey(life), i))
  }

  /**
   * Carries out the changes and waits until the last of them was seen.
   * @param startNs when the measured phase began: the plan's times count from there
   * @param leastNs how long it is to last, at least
   * @param signal ends it before the next change, and gives up a newcomer that does not serve yet
   */
  async run(startNs: number, leastNs: number, signal: AbortSignal): Promise<void> {
    for (const planned of this.plan) {
      const queuedNs = planned.change.kind === 'resume' ? 0 : QUEUED_NS
      await this.#untilDue(startNs + planned.atNs - queuedNs, signal)
      if (signal.aborted) return
      const losses = this.losses.read()
      await this.clock.wait(queuedNs / 1e6, signal)
      if (signal.aborted) return
      const askedNs = this.clock.nowNs()
      this.watch.asked(askedNs, losses.atNs, this.done.at(-1)?.doneNs ?? startNs)
      try {
        const carriedOut = await this.#carryOut(planned, askedNs, signal)
        this.watch.done(carriedOut.doneNs)
        this.done.push({ ...planned, askedNs, losses, ...carriedOut })
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof RpbenchError || error instanceof SystemError)) throw error
        this.failed = { ...planned, askedNs, losses, why: error.message.replace(/\.?$/, '.') }
        return
      }
      this.#sentWhenDone = this.quiet.sent()
    }
    await this.#untilDue(startNs + leastNs, signal)
  }

  /** Waits for a time, and for the flows to have shown where they are since the last change. */
  async #untilDue(dueNs: number, signal: AbortSignal): Promise<void> {
    const quietUntilNs = (this.done.at(-1)?.doneNs ?? 0) + this.quiet.ns
    const waitMs = (Math.max(dueNs, quietUntilNs) - this.clock.nowNs()) / 1e6
    await this.clock.wait(Math.max(0, waitMs), signal)
    // A sender that lost its CPU for a while is behind: by time alone, flows would pass for dark that nobody asked.
    while (!signal.aborted && this.quiet.sent() < this.#sentWhenDone + this.quiet.requests)
      await this.clock.wait(LOOK_MS, signal)
  }

  async #carryOut(
    { change, steps }: PlannedChange,
    askedNs: number,
    signal: AbortSignal,
  ): Promise<Omit<DoneChange, keyof PlannedChange | 'askedNs' | 'losses'>> {
    if (change.kind === 'stall' || change.kind === 'resume') {
      const place = this.group.lives.findIndex(({ member, leaving }) => member === change.member && !leaving)
      if (place >= 0) await this.group[change.kind](place)
      return { beganNs: askedNs, doneNs: this.clock.nowNs(), taken: [] }
    }
    const taken: TakenStep[] = []
    for (const step of steps)
      taken.push({ ...step, ...(await this.#take(step, change.kind === 'kill', signal)) })
    return {
      beganNs: taken[0]?.beganNs ?? askedNs,
      doneNs: taken.at(-1)?.atNs ?? askedNs,
      taken,
    }
  }

  async #take(
    { action, member, generation }: Step,
    kill: boolean,
    signal: AbortSignal,
  ): Promise<{ beganNs: number; atNs: number }> {
    const life: Life = { member, generation }
    if (action === 'start') {
      const joined = await this.group.join(life, signal)
      const { atNs } = joined
      this.#lives.set(lifeKey(life), joined.life)
      // The group changes while the socket is bound: `join` says when that began.
      return { beganNs: atNs, atNs: this.clock.nowNs() }
    }
    const place = this.#lives.get(lifeKey(life))!
    const beganNs = this.clock.nowNs()
    return { beganNs, atNs: await (kill ? this.group.kill(place) : this.group.leave(place, this.leave)) }
  }
}
