import { differenceOfClaims, type ShardClaim } from '../../control/shard-claim.js'
import type { Answers, Finished, Request } from '../../control/messages.js'
import { RpbenchError } from '../../errors.js'
import { flagOf } from '../../plan/parameters/table.js'
import { shardText } from '../../plan/shard.js'
import { formatDuration } from '../../units/format.js'
import { Meeting } from './meeting.js'
import type { ServedRun } from './served-run.js'

/** What is served of a run: its requests come in this order, once each. */
export type Served = Pick<ServedRun, 'answer' | 'standing' | 'measures' | 'finished' | 'end'>

/** A run as its only client says it. */
const ALONE: ShardClaim = { index: 1, count: 1, plan: {} }

/**
 * A run on a group that serves, of one client or of several that each send a part of it. They meet before anything is sent, where
 * all get the number of the run; before the measured phase, so that counters are read while nothing is under way; and at its end,
 * so that each gets the counts of all.
 */
export class JointRun {
  /** what the first client said of its part */
  readonly #part: ShardClaim
  readonly #seats = new Map<number, string>()
  readonly #lost = new Set<number>()
  #runId = ''
  #payloadBytes = 0
  readonly #told: Meeting<Answers['run']>
  readonly #begun: Meeting<null>
  readonly #over: Meeting<Finished>
  readonly #gathering: NodeJS.Timeout | undefined

  /** @param gatherMs how long its parts may take to come */
  constructor(
    readonly served: Served,
    readonly claim: ShardClaim | undefined,
    gatherMs: number,
  ) {
    this.#part = claim ?? ALONE
    const { count } = this.#part
    const all = Array.from({ length: count }, (_, i) => i + 1)
    this.#told = new Meeting(
      () => all,
      async () => {
        clearTimeout(this.#gathering)
        const [runId, payloadBytes] = [this.#runId, this.#payloadBytes]
        await served.answer({ do: 'run', runId, payloadBytes })
        return { runId }
      },
    )
    this.#begun = new Meeting(
      () => all,
      async () => (await served.answer({ do: 'begin' })) as null,
    )
    this.#over = new Meeting(
      () => all.filter((index) => !this.#lost.has(index)),
      async () => {
        const finished = (await served.answer({ do: 'finish' })) as Finished
        return claim ? { ...finished, lost: [...this.#lost].toSorted((a, b) => a - b) } : finished
      },
    )
    if (count > 1)
      this.#gathering = setTimeout(() => {
        this.#told.fail(this.#missingAfter(gatherMs))
      }, gatherMs)
  }

  /** where its clients come from */
  get addresses(): string {
    return [...new Set(this.#seats.values())].join(', ')
  }

  #name(index: number): string {
    return shardText({ index, count: this.#part.count })
  }

  #missingAfter(gatherMs: number): RpbenchError {
    const { missing } = this.#told
    const [first, ...others] = missing.map((index) => this.#name(index))
    const who = others.length === 0 ? `shard ${first} has` : `shards ${[first, ...others].join(', ')} have`
    return new RpbenchError(
      'RPB_CONTROL',
      `After ${formatDuration(gatherMs * 1e6)} ${who} not come, of ${this.#part.count}: start all of them at about the same time, with one ${flagOf('target')}.`,
    )
  }

  /**
   * Lets a client take part.
   * @param claim what it says that it is a part of; undefined of one that is no part
   * @returns why it may not, as a sentence; undefined where it may
   */
  join(claim: ShardClaim | undefined, address: string): string | undefined {
    const { count } = this.#part
    if (claim && this.claim) {
      const name = shardText(claim)
      if (claim.count !== count)
        return `Shard ${name} does not fit the run that is served: its parts are ${count}.`
      const difference = differenceOfClaims(this.claim, claim)
      if (difference)
        return `Shard ${name} does not fit the run that is served: it has --${difference.flag} ${difference.own}, and shard ${shardText(this.claim)} ${difference.other}; give all the same plan.`
      if (this.#seats.has(claim.index))
        return `Shard ${name} is there already, from ${this.#seats.get(claim.index)}: each has a number of its own.`
      if (this.#told.held)
        return `Shard ${name} comes too late: the run that is served has begun${this.#lost.has(claim.index) ? ', and this shard left it' : ''}; start all of them again.`
    }
    this.#seats.set((claim ?? ALONE).index, address)
    return undefined
  }

  /** Whether a client with this claim may be part of it at all. */
  takes(claim: ShardClaim | undefined): boolean {
    return this.claim !== undefined && claim !== undefined
  }

  /** @throws RpbenchError where it is asked out of order, a member does not hear, or others do not come */
  answer(index: number, request: Request): Promise<Answers[Request['do']]> {
    switch (request.do) {
      case 'run':
        if (this.#runId === '') [this.#runId, this.#payloadBytes] = [request.runId, request.payloadBytes]
        return this.#told.come(index)
      case 'begin':
        return this.#begun.come(index)
      case 'finish':
        return this.#over.come(index)
      default:
        return this.served.answer(request)
    }
  }

  /**
   * A client is gone. Before all were there, another may come in its place; before the measured phase, there is none without it; in
   * it, the others go on.
   * @returns whether it was the last
   */
  leave(index: number): boolean {
    this.#seats.delete(index)
    if (this.#told.held && !this.served.finished) {
      this.#lost.add(index)
      this.#begun.fail(
        new RpbenchError(
          'RPB_CONTROL',
          `Shard ${this.#name(index)} left before the measured phase, so that there is none of all ${this.#part.count}: start all of them again.`,
        ),
      )
      this.#over.leave(index)
      this.#over.look()
    } else this.#told.leave(index)
    if (this.#seats.size > 0) return false
    clearTimeout(this.#gathering)
    return true
  }
}
