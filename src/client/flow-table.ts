/** Words of a flow's row: a quarter of a cache line, so that what a reply touches of its flow is fetched at once. */
const ROW = 4
const SENT = 0
const REPLIED = 1
/** Of the first reply, counted from 1: a row of zeros is one of nothing, and takes no memory until it is written to. */
const MEMBER = 2
const LAST_SEQUENCE = 3

/** What is counted per flow. Flows are numbered within the worker's share. */
export class FlowTable {
  readonly #words: Int32Array
  /** flow → late replies, for the few that have some */
  readonly #late = new Map<number, number>()
  /** flow → members, for flows that were seen at more than one */
  readonly moves = new Map<number, Set<number>>()
  /** flows asked at least once */
  used = 0
  reordered = 0

  /** @param seen where the flows of each member are counted as they are answered for the first time */
  constructor(
    readonly flows: number,
    readonly seen?: Int32Array,
  ) {
    this.#words = new Int32Array(flows * ROW)
  }

  noteSent(flow: number): void {
    if (this.#words[flow * ROW + SENT]!++ === 0) this.used++
  }

  noteReplied(flow: number): void {
    this.#words[flow * ROW + REPLIED]!++
  }

  noteLate(flow: number): void {
    this.#late.set(flow, (this.#late.get(flow) ?? 0) + 1)
  }

  /** Where a flow was answered, in time or late: for affinity, and for the order of its replies. */
  noteSeen(flow: number, member: number, sequence: number): void {
    const row = flow * ROW
    const first = this.#words[row + MEMBER]! - 1
    // The low 32 bits tell the order of any two that are less than 2^31 requests apart.
    const low = sequence | 0
    if (first < 0) {
      this.#words[row + MEMBER] = member + 1
      if (this.seen) this.seen[member]!++
      this.#words[row + LAST_SEQUENCE] = low
      return
    }
    if (first !== member) {
      const seen = this.moves.get(flow) ?? new Set([first])
      this.moves.set(flow, seen.add(member))
    }
    if (((low - this.#words[row + LAST_SEQUENCE]!) | 0) < 0) this.reordered++
    else this.#words[row + LAST_SEQUENCE] = low
  }

  /** member of a flow's first reply, −1 without one */
  memberOf(flow: number): number {
    return this.#words[flow * ROW + MEMBER]! - 1
  }

  /** One number of each row, in memory that threads share: what goes to another is not copied. */
  #column(word: number, less = 0): Int32Array {
    const column = new Int32Array(new SharedArrayBuffer(this.flows * Int32Array.BYTES_PER_ELEMENT))
    for (let flow = 0; flow < column.length; flow++) column[flow] = this.#words[flow * ROW + word]! - less
    return column
  }

  get sent(): Uint32Array {
    return new Uint32Array(this.#column(SENT).buffer)
  }

  get replied(): Uint32Array {
    return new Uint32Array(this.#column(REPLIED).buffer)
  }

  get late(): Uint32Array {
    const late = new Uint32Array(new SharedArrayBuffer(this.flows * Uint32Array.BYTES_PER_ELEMENT))
    for (const [flow, replies] of this.#late) late[flow] = replies
    return late
  }

  /** member of the first reply, −1 without one */
  get firstMember(): Int32Array {
    return this.#column(MEMBER, 1)
  }
}
