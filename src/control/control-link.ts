import { connect, type TLSSocket } from 'node:tls'
import { RpbenchError } from '../errors.js'
import { flagOf } from '../plan/parameters/table.js'
import { endpoint } from '../units/addresses.js'
import { Channel } from './channel.js'
import { CONTROL_PROTOCOL, type Answers, type Request, type Said, type ServedGroup } from './messages.js'
import type { ShardClaim } from './shard-claim.js'
import { IDENTITY, TLS } from './security.js'
import { keyOf } from './token.js'

/** Where the control port of a group is, and what opens it. */
export interface ControlAccess {
  address: string
  port: number
  token: string
}

/** What a client says of itself. */
interface Hello {
  /** version of this rpbench */
  tool: string
  /** which part of a run it is to send; absent where it is all of one */
  shard?: ShardClaim | undefined
}

/** What comes without being asked for. */
export interface Unasked {
  onStanding: (standing: Extract<Said, { standing: unknown }>['standing']) => void
  onDied: (who: number | 'front', why: string) => void
  /** @param why as a sentence */
  onGone: (why: string) => void
}

const CONNECT_MS = 5_000
const SILENT_MS = 5_000
const STAY_EVERY_MS = 1_000
/** What 256 members have to say of themselves is a tenth of it. */
const MOST_CHARACTERS = 4 * 2 ** 20

interface Waiting {
  resolve: (answer: unknown) => void
  reject: (error: Error) => void
}

/** The client's side of a control connection, once the group has said who it is. */
export class ControlLink {
  readonly #waiting = new Map<number, Waiting>()
  #id = 0
  #gone: RpbenchError | undefined
  #hear: Unasked | undefined
  #greeted: Waiting | undefined
  readonly #channel: Channel
  readonly #stays: NodeJS.Timeout

  private constructor(
    readonly access: ControlAccess,
    socket: TLSSocket,
    { tool, shard }: Hello,
    greeted: Waiting,
  ) {
    this.#greeted = greeted
    this.#channel = new Channel(
      socket,
      { mostCharacters: MOST_CHARACTERS, silentMs: SILENT_MS },
      { onMessage: (message) => this.#heard(message as unknown as Said), onGone: (why) => this.#left(why) },
    )
    this.#channel.say({ hello: CONTROL_PROTOCOL, tool, ...(shard && { shard }) })
    this.#stays = setInterval(() => this.#channel.say({ id: ++this.#id, do: 'stay' }), STAY_EVERY_MS)
  }

  /**
   * Connects to the control port of a group.
   * @param hello what it says of itself
   * @throws RpbenchError RPB_CONTROL where there is none, it has another token, or does not serve us
   */
  static async dial(
    access: ControlAccess,
    hello: Hello,
    signal: AbortSignal,
  ): Promise<{ link: ControlLink; group: ServedGroup }> {
    const socket = await connected(access, signal)
    let link: ControlLink | undefined
    const group = await new Promise<ServedGroup>((resolve, reject) => {
      link = new ControlLink(access, socket, hello, {
        resolve: (answer) => resolve(answer as ServedGroup),
        reject,
      })
    })
    return { link: link!, group }
  }

  /** Tells what comes without being asked for; at once where the group is gone already. */
  hear(hear: Unasked): void {
    this.#hear = hear
    if (this.#gone) hear.onGone(this.#gone.message)
  }

  /** @throws RpbenchError RPB_CONTROL where the group is gone, or could not do it */
  ask<Asked extends Request>(request: Asked): Promise<Answers[Asked['do']]> {
    if (this.#gone) return Promise.reject(this.#gone)
    const id = ++this.#id
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      this.#channel.say({ id, ...request })
    })
  }

  #heard(said: Said): void {
    if ('group' in said) return this.#meet(said.group)
    if ('refused' in said) {
      this.#greeted?.reject(new RpbenchError('RPB_CONTROL', said.refused))
      this.#greeted = undefined
      return this.close()
    }
    if ('standing' in said) return this.#hear?.onStanding(said.standing)
    if ('died' in said) return this.#hear?.onDied(said.died.who, said.died.why)
    const waiting = this.#waiting.get(said.id)
    this.#waiting.delete(said.id)
    if ('failed' in said) waiting?.reject(new RpbenchError('RPB_CONTROL', said.failed))
    else waiting?.resolve(said.answer)
  }

  #meet(group: ServedGroup): void {
    const { protocol, tool } = group
    if (protocol === CONTROL_PROTOCOL) this.#greeted?.resolve(group)
    else
      this.#greeted?.reject(
        new RpbenchError(
          'RPB_CONTROL',
          `The server at ${placeOf(this.access)} is rpbench ${tool}, whose control protocol is version ${protocol}, and this one's is ${CONTROL_PROTOCOL}: take the same version on both hosts.`,
        ),
      )
    this.#greeted = undefined
  }

  #left(why: string | undefined): void {
    clearInterval(this.#stays)
    const how = why === undefined ? 'it closed the control connection' : why.replace(/\.$/, '')
    this.#gone = new RpbenchError('RPB_CONTROL', `The server at ${placeOf(this.access)} is gone: ${how}.`)
    this.#greeted?.reject(this.#gone)
    for (const { reject } of this.#waiting.values()) reject(this.#gone)
    this.#waiting.clear()
    this.#hear?.onGone(this.#gone.message)
  }

  /** Leaves. Safe to call twice. */
  close(): void {
    this.#hear = undefined
    this.#channel.close()
  }
}

const placeOf = ({ address, port }: ControlAccess): string => endpoint(address, port)

function connected(access: ControlAccess, signal: AbortSignal): Promise<TLSSocket> {
  const { address: host, port, token } = access
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...TLS,
      host,
      port,
      pskCallback: () => ({ psk: keyOf(token), identity: IDENTITY }),
      checkServerIdentity: () => undefined,
    })
    const give = (error: RpbenchError): void => {
      over()
      socket.destroy()
      reject(error)
    }
    const fail = (error: NodeJS.ErrnoException): void => give(dialError(access, error))
    const late = setTimeout(
      () =>
        give(
          controlError(
            access,
            `did not answer within ${CONNECT_MS / 1000} s: is it there, and does a firewall let TCP through?`,
          ),
        ),
      CONNECT_MS,
    )
    const interrupt = (): void =>
      give(new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.'))
    const over = (): void => {
      clearTimeout(late)
      signal.removeEventListener('abort', interrupt)
      socket.off('error', fail)
      // What comes after that, nobody waits for.
      socket.on('error', () => {})
    }
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      over()
      resolve(socket)
    })
    signal.addEventListener('abort', interrupt)
    if (signal.aborted) interrupt()
  })
}

const controlError = (access: ControlAccess, what: string): RpbenchError =>
  new RpbenchError('RPB_CONTROL', `The control port ${placeOf(access)} ${what}`)

function dialError(access: ControlAccess, error: NodeJS.ErrnoException): RpbenchError {
  const { code = '', message } = error
  if (code === 'ECONNREFUSED')
    return controlError(
      access,
      `is closed: start rpbench serve there, or give its ${flagOf('controlPort')}; without a token the target is asked as a server of somebody else.`,
    )
  if (/BAD_RECORD_MAC|DECRYPT|ALERT_UNKNOWN_PSK/.test(code))
    return controlError(access, 'has another token: give the one that rpbench serve printed.')
  if (code.startsWith('ERR_SSL') || code === 'ECONNRESET')
    return controlError(access, 'is not that of an rpbench serve, or takes no more clients for now.')
  return controlError(access, `cannot be reached (${code || message}).`)
}
