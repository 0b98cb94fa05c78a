import type { TLSSocket } from 'node:tls'
import { Channel } from '../../control/channel.js'
import { CONTROL_PROTOCOL, readRequest, type ServedGroup } from '../../control/messages.js'
import { formatDuration } from '../../units/format.js'
import type { ServedRun } from './served-run.js'

/** One client that has the token, from its hello until it leaves. */
export interface Client {
  address: string
  /** ns since the session's epoch */
  sinceNs: number
  run: ServedRun
}

interface ClientsOptions {
  served: () => ServedGroup
  newRun: () => ServedRun
  nowNs: () => number
  /** called when a client has left and its run has ended */
  onLeft: (client: Client) => void
}

const MOST_CHARACTERS = 4096
const SILENT_MS = 5_000
const TELL_EVERY_MS = 200
/** Looking at sockets from outside costs more than reading memory. */
const LOOK_EVERY = 5

/** Clients of a group, one at a time: who comes meanwhile is told so. */
export class Clients {
  #present: { client: Client; channel: Channel } | undefined
  #ending: Promise<void> = Promise.resolve()
  /** how many were told to wait */
  busy = 0

  constructor(readonly options: ClientsOptions) {}

  /** The client whose run is served. */
  get present(): Client | undefined {
    return this.#present?.client
  }

  /** Hears a client that has the token. */
  take(socket: TLSSocket, address: string): void {
    let client: Client | undefined
    const channel = new Channel(
      socket,
      { mostCharacters: MOST_CHARACTERS, silentMs: SILENT_MS },
      {
        onMessage: (message) => {
          if (client) void this.#answer(client, channel, message)
          else client = this.#greet(address, channel, message)
        },
        onGone: () => {
          if (client) this.#leave(client)
        },
      },
    )
  }

  #greet(address: string, channel: Channel, { hello, tool }: Record<string, unknown>): Client | undefined {
    const { served, newRun, nowNs } = this.options
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
    const other = this.present
    if (other) {
      this.busy++
      const since = formatDuration(nowNs() - other.sinceNs)
      channel.sayLast({
        refused: `This group has served ${other.address} for ${since}, and serves one client at a time: try again when that has ended.`,
      })
      return undefined
    }
    const client = { address, sinceNs: nowNs(), run: newRun() }
    this.#present = { client, channel }
    channel.say({ group: own })
    this.#tell(client, channel)
    return client
  }

  /** Tells where the counters stand, as long as the client is there. */
  #tell(client: Client, channel: Channel, turn = 0): void {
    if (this.present !== client) return
    if (client.run.measures) channel.say({ standing: client.run.standing(turn % LOOK_EVERY === 0) }, true)
    setTimeout(() => this.#tell(client, channel, turn + 1), TELL_EVERY_MS)
  }

  async #answer({ run }: Client, channel: Channel, message: Record<string, unknown>): Promise<void> {
    try {
      const { id, request } = readRequest(message)
      try {
        channel.say({ id, answer: await run.answer(request) })
      } catch (error) {
        channel.say({ id, failed: (error as Error).message })
      }
    } catch (error) {
      channel.close((error as Error).message)
    }
  }

  #leave(client: Client): void {
    this.#ending = this.#endRun(client)
  }

  async #endRun(client: Client): Promise<void> {
    await client.run.end()
    this.#present = undefined
    this.options.onLeft(client)
  }

  /** Tells the client what has ended. */
  died(who: number | 'front', why: string): void {
    this.#present?.channel.say({ died: { who, why } })
  }

  /** Lets the client go, and waits until its run has ended. */
  async close(): Promise<void> {
    this.#present?.channel.close()
    await new Promise(setImmediate)
    await this.#ending
  }
}
