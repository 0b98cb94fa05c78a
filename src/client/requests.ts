/** What a reply means for the request that it answers. */
export type ReplyKind = 'in-time' | 'late' | 'duplicate'

/** One bit a request of the whole run, in blocks, so that late and duplicate are told apart however late. */
const BLOCK_BITS = 2 ** 20

class BitSet {
  readonly #blocks: Uint32Array[] = []

  has(n: number): boolean {
    const block = this.#blocks[Math.floor(n / BLOCK_BITS)]
    const bit = n % BLOCK_BITS
    return block !== undefined && ((block[bit >>> 5]! >>> (bit & 31)) & 1) === 1
  }

  add(n: number): void {
    const at = Math.floor(n / BLOCK_BITS)
    const block = (this.#blocks[at] ??= new Uint32Array(BLOCK_BITS / 32))
    const bit = n % BLOCK_BITS
    block[bit >>> 5]! |= 1 << (bit & 31)
  }
}

/**
 * The requests of one worker, numbered in the order of their sending. Because each has the same time to live,
 * they also expire in that order, so a ring and two numbers hold all that wait: no timer, no search.
 */
export class Requests {
  readonly #timeoutNs: number
  readonly #answered = new BitSet()
  #lane: Int32Array
  #sentNs: Float64Array
  #intendedNs: Float64Array
  #mask: number
  /** number of the oldest request that is neither answered nor expired, or `next` */
  #oldest = 0
  #next = 0
  #waiting = 0

  /** @param scheduled whether requests have an intended time; without, nothing is kept of it: the ring stays small */
  constructor(
    timeoutNs: number,
    readonly scheduled = true,
    capacity = 4096,
  ) {
    this.#timeoutNs = timeoutNs
    this.#lane = new Int32Array(capacity)
    this.#sentNs = new Float64Array(capacity)
    this.#intendedNs = new Float64Array(scheduled ? capacity : 0)
    this.#mask = capacity - 1
  }

  /** The number that the next request will have. */
  get next(): number {
    return this.#next
  }

  /** How many requests wait for their reply. */
  get waiting(): number {
    return this.#waiting
  }

  /** When the oldest waiting request expires, ns; Infinity when none waits. */
  get nextDeadlineNs(): number {
    return this.#waiting === 0 ? Infinity : this.#sentNs[this.#oldest & this.#mask]! + this.#timeoutNs
  }

  /** Notes a request that was sent. Its number is `next` as it stood before. */
  sent(lane: number, sentNs: number, intendedNs: number): void {
    if (this.#next - this.#oldest > this.#mask) this.#grow()
    const at = this.#next & this.#mask
    this.#lane[at] = lane
    this.#sentNs[at] = sentNs
    if (this.scheduled) this.#intendedNs[at] = intendedNs
    this.#next++
    this.#waiting++
  }

  /** Gives a number to a request that could not be sent, so that numbers and sends stay in step. */
  skip(): void {
    this.sent(-1, 0, 0)
    this.#answered.add(this.#next - 1)
    this.#waiting--
    this.#advance()
  }

  /** The stamp of a request that still waited when `reply` was called for it, as it was when it was sent. */
  sentNs(sequence: number): number {
    return this.#sentNs[sequence & this.#mask]!
  }

  /** The intended send time of a request that still waited when `reply` was called for it. */
  intendedNs(sequence: number): number {
    return this.#intendedNs[sequence & this.#mask]!
  }

  /**
   * Notes a reply. A request that had expired was given up then; its reply is late, and `wasWaiting` false.
   * @param sequence number of the request, less than `next`
   */
  reply(sequence: number, sentNs: number, receivedNs: number): { kind: ReplyKind; wasWaiting: boolean } {
    if (this.#answered.has(sequence)) return DUPLICATE
    this.#answered.add(sequence)
    if (sequence < this.#oldest) return LATE_AFTER_EXPIRY
    this.#waiting--
    if (sequence === this.#oldest) this.#advance()
    return receivedNs - sentNs > this.#timeoutNs ? LATE : IN_TIME
  }

  /** Notes that a request will have no reply. @returns whether it still waited for one */
  cut(sequence: number): boolean {
    if (sequence < this.#oldest || this.#answered.has(sequence)) return false
    this.#answered.add(sequence)
    this.#waiting--
    if (sequence === this.#oldest) this.#advance()
    return true
  }

  #advance(): void {
    while (this.#oldest < this.#next && this.#answered.has(this.#oldest)) this.#oldest++
  }

  /** Gives up every request whose time is over, calling back with its lane and when it was sent. */
  expire(nowNs: number, onExpired: (lane: number, sentNs: number) => void): void {
    while (this.#oldest < this.#next) {
      const at = this.#oldest & this.#mask
      if (!this.#answered.has(this.#oldest)) {
        if (this.#sentNs[at]! + this.#timeoutNs > nowNs) return
        this.#waiting--
        onExpired(this.#lane[at]!, this.#sentNs[at]!)
      }
      this.#oldest++
    }
  }

  #grow(): void {
    const capacity = 2 * (this.#mask + 1)
    const lane = new Int32Array(capacity)
    const sentNs = new Float64Array(capacity)
    const intendedNs = new Float64Array(this.scheduled ? capacity : 0)
    for (let n = this.#oldest; n < this.#next; n++) {
      const from = n & this.#mask
      const to = n & (capacity - 1)
      lane[to] = this.#lane[from]!
      sentNs[to] = this.#sentNs[from]!
      if (this.scheduled) intendedNs[to] = this.#intendedNs[from]!
    }
    this.#lane = lane
    this.#sentNs = sentNs
    this.#intendedNs = intendedNs
    this.#mask = capacity - 1
  }
}

// One object each, so that a reply allocates nothing.
const DUPLICATE = { kind: 'duplicate', wasWaiting: false } as const
const LATE_AFTER_EXPIRY = { kind: 'late', wasWaiting: false } as const
const LATE = { kind: 'late', wasWaiting: true } as const
const IN_TIME = { kind: 'in-time', wasWaiting: true } as const
