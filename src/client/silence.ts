/** Whoever lets so many deadlines pass in a row is not waited for any more. */
const SILENT_DEADLINES = 3
/** But for this long at least, however short deadlines are: a busy host keeps a member from its CPU for part of a second. */
export const LEAST_SILENCE_NS = 1e9
/** A load that has asked long enough waits so many deadlines more for flows that nobody answers. */
const PATIENT_DEADLINES = 2

/** How many requests may be given up, so many in flight at a time, until all have cost that long. */
export function mostGivenUp(inFlight: number, timeoutNs: number): number {
  return inFlight * Math.max(PATIENT_DEADLINES, LEAST_SILENCE_NS / timeoutNs)
}

/** Deadlines missed in a row, one after another: each of a request that was sent when the one before was given up. */
class MissedDeadlines {
  count = 0
  #sinceNs = 0
  #untilNs = -Infinity

  note(sentNs: number, nowNs: number): void {
    if (sentNs < this.#untilNs) return
    if (this.count === 0) this.#sinceNs = sentNs
    this.count++
    this.#untilNs = nowNs
  }

  get enough(): boolean {
    return this.count >= SILENT_DEADLINES && this.#untilNs - this.#sinceNs >= LEAST_SILENCE_NS
  }
}

/** Who has gone unheard for so long that a load without an end of its own would wait for it at the pace of its deadlines. */
export class Silence {
  readonly #heardNs: Float64Array
  readonly #missed: MissedDeadlines[]
  #missedByAll = new MissedDeadlines()
  /**
   * Whether the last request that was given up tells of a member that is silent, and nobody was heard since: by its flows, or,
   * where each datagram is placed anew, by its not having been heard for as long.
   */
  ofSome = false

  constructor(
    members: number,
    readonly timeoutNs: number,
    readonly placedByFlow = true,
  ) {
    this.#heardNs = new Float64Array(members)
    this.#missed = Array.from({ length: members }, () => new MissedDeadlines())
  }

  /** The load begins: nobody was heard before, and nobody is silent yet. */
  begins(nowNs: number): void {
    this.#heardNs.fill(nowNs)
  }

  /** A reply came from a member, in time or late. */
  heard(member: number, receivedNs: number): void {
    this.#heardNs[member] = receivedNs
    if (this.#missed[member]!.count > 0) this.#missed[member] = new MissedDeadlines()
    if (this.#missedByAll.count > 0) this.#missedByAll = new MissedDeadlines()
    this.ofSome = false
  }

  /**
   * A request was given up.
   * @param member where its flow is, −1 while nobody knows
   */
  missed(member: number, sentNs: number, nowNs: number): void {
    this.#missedByAll.note(sentNs, nowNs)
    if (member >= 0) this.#missed[member]!.note(sentNs, nowNs)
    this.ofSome = this.placedByFlow ? this.#missed.some(({ enough }) => enough) : this.of(-1, nowNs)
  }

  /** Whether nobody was heard for three deadlines in a row. */
  get ofAll(): boolean {
    return this.#missedByAll.enough
  }

  /**
   * Whether a flow that went unanswered is one of a silent member.
   * @param member where it is; −1 while nobody knows: then it may be any that was not heard for as long
   */
  of(member: number, nowNs: number): boolean {
    if (member >= 0) return this.#missed[member]!.enough
    const longNs = Math.max(LEAST_SILENCE_NS, SILENT_DEADLINES * this.timeoutNs)
    return this.#heardNs.some((heardNs) => nowNs - heardNs >= longNs)
  }
}
