/** How many requests or replies one call of the engine handles at most: ENGINE_BATCH in native/src/engine.h. */
export const ENGINE_BATCH = 64

const DOUBLES = 8
const BYTES = DOUBLES * 8 + ENGINE_BATCH * (8 * 8 + 6 * 4)

/**
 * The memory in which TypeScript and the engine meet, as typed arrays of ENGINE_BATCH entries each; the order is
 * that of `exchange_t` in native/src/engine.h. Times are ns since the run's epoch.
 */
export class Exchange {
  readonly buffer: ArrayBuffer
  readonly #head: Float64Array
  #offset = DOUBLES * 8

  /** in: the request's number, counted per worker */
  readonly sendSequence
  /** out: when it was sent, or −errno; over TCP, when it was begun */
  readonly sendNs
  readonly sequence
  readonly sentNs
  /** −1 where the kernel gave no time stamp */
  readonly arrivedNs
  readonly takenNs
  readonly echoedNs
  readonly receivedNs
  /** in: the lane of the flow to send on */
  readonly sendLane
  readonly lane
  readonly member
  readonly generation
  readonly phase
  /** of a reply of DNS: its rcode, and 16 more where it was truncated; of HTTP its status, below 600 */
  readonly code

  /** @param more bytes behind these arrays */
  constructor(more = 0) {
    this.buffer = new ArrayBuffer(BYTES + more)
    this.#head = new Float64Array(this.buffer, 0, DOUBLES)
    this.sendSequence = this.doubles()
    this.sendNs = this.doubles()
    this.sequence = this.doubles()
    this.sentNs = this.doubles()
    this.arrivedNs = this.doubles()
    this.takenNs = this.doubles()
    this.echoedNs = this.doubles()
    this.receivedNs = this.doubles()
    this.sendLane = this.ints()
    this.lane = this.ints()
    this.member = this.ints()
    this.generation = this.ints()
    this.phase = this.ints()
    this.code = this.ints()
  }

  protected doubles(count = ENGINE_BATCH): Float64Array {
    const array = new Float64Array(this.buffer, this.#offset, count)
    this.#offset += array.byteLength
    return array
  }

  protected ints(): Int32Array {
    const array = new Int32Array(this.buffer, this.#offset, ENGINE_BATCH)
    this.#offset += array.byteLength
    return array
  }

  /** When the engine's last call ended. */
  get nowNs(): number {
    return this.#head[0] as number
  }

  /** Datagrams at flow sockets that did not parse or were of another run. */
  get strangers(): number {
    return this.#head[1] as number
  }

  /** Sends and receives that met "port unreachable": nobody had the group's port any more. */
  get refused(): number {
    return this.#head[2] as number
  }

  get receiveErrors(): number {
    return this.#head[3] as number
  }

  /** Replies of a server that is not ours which are not what was to come for their request. */
  get wrongReplies(): number {
    return this.#head[4] as number
  }
}
