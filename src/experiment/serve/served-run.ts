import type { Answers, Finished, Request, Standing } from '../../control/messages.js'
import { RpbenchError } from '../../errors.js'
import type { OwnGroup } from '../../group/own-group.js'
import { familiesTaken, type Listening } from '../../plan/transport.js'
import { HostWatch } from '../host-watch.js'
import { SilenceWatch } from '../silence-watch.js'
import { StrangerWatch } from '../stranger-watch.js'
import type { Clock } from '../testbed.js'

/** What a run on a group needs. */
interface Serving {
  group: OwnGroup
  clock: Clock
  listening: Listening
}

/** What is under way since the measured phase began. */
interface Measuring {
  startNs: number
  host: HostWatch
  strangers: StrangerWatch
}

/** One run of a client on a group that serves: what the client asks of it, in this order. */
export class ServedRun {
  #measuring: Measuring | undefined
  #finished: Finished | undefined
  #told = false
  readonly #silences: SilenceWatch

  constructor(readonly serving: Serving) {
    this.#silences = new SilenceWatch(serving.group, serving.clock)
  }

  /** @throws RpbenchError where it is asked out of order, or a member does not hear */
  async answer(request: Request): Promise<Answers[Request['do']]> {
    const { group } = this.serving
    switch (request.do) {
      case 'run':
        return this.#tell(BigInt(request.runId), request.payloadBytes)
      case 'begin':
        return this.#begin()
      case 'is-empty':
        return group.isEmpty()
      case 'until-empty':
        return group.untilEmpty(request.boundMs)
      case 'read':
        return this.standing(true)
      case 'finish':
        return this.#finish()
      default:
        return null
    }
  }

  async #tell(runId: bigint, payloadBytes: number): Promise<Answers['run']> {
    if (this.#told) throw outOfOrder('a second run')
    this.#told = true
    await this.serving.group.beginRun({ runId, payloadBytes })
    this.#silences.start()
    return { runId: String(runId) }
  }

  async #begin(): Promise<null> {
    const { group, clock, listening } = this.serving
    if (!this.#told || this.#measuring) throw outOfOrder('a measured phase')
    const host = new HostWatch(familiesTaken(listening))
    const strangers = new StrangerWatch(group, clock)
    await group.begin()
    this.#measuring = { startNs: clock.nowNs(), host, strangers }
    strangers.start()
    return null
  }

  /** whether there is anything to tell of it */
  get measures(): boolean {
    return this.#measuring !== undefined && this.#finished === undefined
  }

  /** @param look see Group.reading */
  standing(look: boolean): Standing {
    if (!this.#measuring) throw outOfOrder('counts')
    const { group } = this.serving
    const reading = group.reading(look)
    return { reading, drops: reading.lives.reduce((sum, { after }) => sum + after.drops, 0) }
  }

  async #finish(): Promise<Finished> {
    if (!this.#measuring || this.#finished) throw outOfOrder('an end')
    const { startNs, host, strangers } = this.#measuring
    strangers.stop()
    strangers.look()
    this.#silences.look()
    this.#silences.stop()
    const readings = host.stop()
    const group = await this.serving.group.finishRun()
    const since = (ns: number): number => ns - startNs
    this.#finished = {
      group,
      seen: {
        host: readings,
        hearsOfClosings: this.serving.group.hearsOfClosings,
        strangers: strangers.found.map((one) => ({
          ...one,
          firstSeenNs: since(one.firstSeenNs),
          lastSeenNs: since(one.lastSeenNs),
        })),
        silences: this.#silences
          .since(startNs)
          .map((one) => ({ ...one, fromNs: since(one.fromNs), toNs: since(one.toNs) })),
      },
    }
    return this.#finished
  }

  /** Whether the client came to the end of it. */
  get finished(): boolean {
    return this.#finished !== undefined
  }

  /** The client is gone: nothing of its run is answered any more. */
  async end(): Promise<void> {
    this.#measuring?.strangers.stop()
    this.#silences.stop()
    if (this.#told && !this.#finished) await this.serving.group.endRun()
  }
}

const outOfOrder = (what: string): RpbenchError =>
  new RpbenchError('RPB_CONTROL', `The client asked for ${what} out of order.`)
