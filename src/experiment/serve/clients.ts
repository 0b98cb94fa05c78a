import type { TLSSocket } from 'node:tls'
import { Channel } from '../../control/channel.js'
import { CONTROL_PROTOCOL, readRequest, type ServedGroup } from '../../control/messages.js'
import { readClaim, type ShardClaim } from '../../control/shard-claim.js'
import { formatDuration } from '../../units/format.js'
import { JointRun, type Served } from './joint-run.js'

/** A client that has the token, or several that send parts of one run: from the first hello until the last has left. */
export interface Client {
  address: string
  /** ns since the session's epoch */
  sinceNs: number
  run: Served
  /** how many parts the run has; absent where one client sends it all */
  shards?: number
}

interface ClientsOptions {
  served: () => ServedGroup
  newRun: () => Served
  nowNs: () => number
  /** called when a client has left and its run has ended */
  onLeft: (client: Client) => void
  /** how long the parts of a run may take to come */
  gatherMs?: number
}

/** Who sends the run that is served. */
interface Present {
  sinceNs: number
  run: JointRun
  channels: Map<number, Channel>
  /** as it was while all were there */
  address: string
}

/** One connection, once it has said hello. */
interface Seat {
  present: Present
  index: number
}

const MOST_CHARACTERS = 4096
const SILENT_MS = 5_000
const TELL_EVERY_MS = 200
/** Looking at sockets from outside costs more than reading memory. */
const LOOK_EVERY = 5
/** Hosts of a cluster start a task within this of one another; who queues longer is lined up by --start-at. */
const GATHER_MS = 60_000

/** Clients of a group, one at a time, or all those that send parts of one run: who else comes meanwhile is told so. */
export class Clients {
  #present: Present | undefined
  #ending: Promise<void> = Promise.resolve()
  /** how many were told to wait */
  busy = 0

  constructor(readonly options: ClientsOptions) {}

  /** The client whose run is served. */
  get present(): Client | undefined {
    return this.#present && clientOf(this.#present)
  }

  /** Hears a client that has the token. */
  take(socket: TLSSocket, address: string): void {
    let seat: Seat | undefined
    const channel = new Channel(
      socket,
      { mostCharacters: MOST_CHARACTERS, silentMs: SILENT_MS },
      {
        onMessage: (message) => {
          if (seat) void this.#answer(seat, channel, message)
          else seat = this.#greet(address, channel, message)
        },
        onGone: () => {
          if (seat) this.#leave(seat)
        },
      },
    )
  }

  #greet(
    address: string,
    channel: Channel,
    { hello, tool, shard }: Record<string, unknown>,
  ): Seat | undefined {
    const { served } = this.options
    if (typeof hello !== 'number' || typeof tool !== 'string') {
      channel.close('it did not say hello')
      return undefined
    }
    const own = served()
    if (hello !== CONTROL_PROTOCOL) {
      // It says itself which versions differ.
      channel.sayLast({ group: own })
      return undefined
    }
    const claim = readClaim(shard)
    const present = this.#present ?? this.#newPresent(claim)
    const refused = this.#refusal(present, claim) ?? present.run.join(claim, address)
    if (refused !== undefined) {
      channel.sayLast({ refused })
      return undefined
    }
    const index = claim?.index ?? 1
    present.channels.set(index, channel)
    present.address = present.run.addresses
    channel.say({ group: own })
    if (present !== this.#present) {
      this.#present = present
      this.#tell(present)
    }
    return { present, index }
  }

  #newPresent(claim: ShardClaim | undefined): Present {
    const { newRun, nowNs, gatherMs = GATHER_MS } = this.options
    return {
      sinceNs: nowNs(),
      run: new JointRun(newRun(), claim, gatherMs),
      channels: new Map(),
      address: '',
    }
  }

  /** Why one that comes beside those who are there cannot be served; undefined where it can be a part of their run. */
  #refusal(present: Present, claim: ShardClaim | undefined): string | undefined {
    if (present !== this.#present || present.run.takes(claim)) return undefined
    this.busy++
    const since = formatDuration(this.options.nowNs() - present.sinceNs)
    return `This group has served ${present.address} for ${since}, and serves one client at a time: try again when that has ended.`
  }

  /** Tells where the counters stand, as long as there is a client. */
  #tell(present: Present, turn = 0): void {
    if (this.#present !== present) return
    const { served } = present.run
    if (served.measures) {
      const standing = served.standing(turn % LOOK_EVERY === 0)
      for (const channel of present.channels.values()) channel.say({ standing }, true)
    }
    setTimeout(() => this.#tell(present, turn + 1), TELL_EVERY_MS)
  }

  async #answer({ present, index }: Seat, channel: Channel, message: Record<string, unknown>): Promise<void> {
    try {
      const { id, request } = readRequest(message)
      try {
        channel.say({ id, answer: await present.run.answer(index, request) })
      } catch (error) {
        channel.say({ id, failed: (error as Error).message })
      }
    } catch (error) {
      channel.close((error as Error).message)
    }
  }

  #leave({ present, index }: Seat): void {
    present.channels.delete(index)
    if (present.run.leave(index)) this.#ending = this.#endRun(present)
  }

  async #endRun(present: Present): Promise<void> {
    await present.run.served.end()
    this.#present = undefined
    this.options.onLeft(clientOf(present))
  }

  /** Tells the clients what has ended. */
  died(who: number | 'front', why: string): void {
    for (const channel of this.#present?.channels.values() ?? []) channel.say({ died: { who, why } })
  }

  /** Lets the clients go, and waits until their run has ended. */
  async close(): Promise<void> {
    for (const channel of this.#present?.channels.values() ?? []) channel.close()
    await new Promise(setImmediate)
    await this.#ending
  }
}

function clientOf({ address, sinceNs, run }: Present): Client {
  return { address, sinceNs, run: run.served, ...(run.claim && { shards: run.claim.count }) }
}
