/** Words of a flow's row: a quarter of a cache line, so that what a reply touches of its flow is fetched at once. */
const ROW = 4
const SENT = 0
const REPLIED = 1
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
    for (let flow = 0; flow < flows; flow++) this.#words[flow * ROW + MEMBER] = -1
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
    const first = this.#words[row + MEMBER]!
    // The low 32 bits tell the order of any two that are less than 2^31 requests apart.
    const low = sequence | 0
    if (first < 0) {
      this.#words[row + MEMBER] = member
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
    return this.#words[flow * ROW + MEMBER]!
  }

  #column(word: number): Int32Array {
    return Int32Array.from({ length: this.flows }, (_, flow) => this.#words[flow * ROW + word]!)
  }

  get sent(): Uint32Array {
    return Uint32Array.from(this.#column(SENT))
  }

  get replied(): Uint32Array {
    return Uint32Array.from(this.#column(REPLIED))
  }

  get late(): Uint32Array {
    return Uint32Array.from({ length: this.flows }, (_, flow) => this.#late.get(flow) ?? 0)
  }

  /** member of the first reply, −1 without one */
  get firstMember(): Int32Array {
    return this.#column(MEMBER)
  }
}
