import { CONNECTION_COUNTS, type ConnectionCounts } from '../recording/connection-counts.js'
import { ENGINE_BATCH, Exchange } from './exchange.js'

/** CONNECTION_COUNTERS in native/src/stream.h: more than there are, so that what follows stays where it is. */
const COUNTERS = 16
const BYTES = (COUNTERS + 1) * 8 + ENGINE_BATCH * (3 * 8 + 4)

/** What TypeScript and an engine over TCP share beside requests and replies: `stream_exchange_t` in native/src/stream.h. */
export class StreamExchange extends Exchange {
  readonly #connections
  readonly #cuts
  /** when the request of a reply was begun, before it had a connection */
  readonly askedNs
  /** of a reply that is the first on its connection, how long that took to connect, ns; −1 of others */
  readonly connectNs
  /** requests whose connection ended before their reply, of the last call: their numbers and lanes */
  readonly cutSequence
  readonly cutLane

  constructor() {
    super(BYTES)
    this.#connections = this.doubles(COUNTERS)
    this.#cuts = this.doubles(1)
    this.askedNs = this.doubles()
    this.connectNs = this.doubles()
    this.cutSequence = this.doubles()
    this.cutLane = this.ints()
  }

  /** how many requests of the last call were cut */
  get cuts(): number {
    return this.#cuts[0]!
  }

  /** All connections so far. */
  get connections(): ConnectionCounts {
    return Object.fromEntries(
      CONNECTION_COUNTS.map((name, i) => [name, this.#connections[i]!]),
    ) as ConnectionCounts
  }
}
