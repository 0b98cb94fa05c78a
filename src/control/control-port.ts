import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { RpbenchError } from '../errors.js'
import { flagOf } from '../plan/parameters/table.js'
import type { Bound } from '../host/transport.js'
import { endpoint } from '../units/addresses.js'
import { MOST_SHARDS_AT_ONCE } from './shard-claim.js'
import { IDENTITY, TLS } from './security.js'
import { keyOf } from './token.js'

export interface ControlPortOptions extends Bound {
  /** 0: a free one */
  port: number
  token: string
  /** called with each client that has the token */
  onClient: (socket: TLSSocket, address: string) => void
  /** called for each that has not, or does not speak as it should */
  onRefused: (address: string) => void
}

/** The TCP port at which clients of a group are heard. */
export interface ControlPort {
  readonly port: number
  /** Hears nobody any more, and ends what it has heard. */
  close(): Promise<void>
}

/** How long a client may take to prove that it has the token, and how many may try at a time. */
const HANDSHAKE_MS = 3_000
const MOST_CONNECTIONS = 64 + MOST_SHARDS_AT_ONCE

/**
 * Opens a control port. Who has not the token is heard in this process alone, for a bounded time: members serve in others.
 * @throws RpbenchError RPB_PORT_IN_USE, RPB_ADDRESS
 */
export async function openControlPort({
  address,
  ipv6Only = false,
  port,
  token,
  onClient,
  onRefused,
}: ControlPortOptions): Promise<ControlPort> {
  const key = keyOf(token)
  const server = createServer({
    ...TLS,
    pskIdentityHint: IDENTITY,
    pskCallback: () => key,
    handshakeTimeout: HANDSHAKE_MS,
  })
  server.maxConnections = MOST_CONNECTIONS
  server.on('secureConnection', (socket) => onClient(socket, socket.remoteAddress ?? 'a client that left'))
  server.on('tlsClientError', (_error, socket) => {
    onRefused(socket.remoteAddress ?? 'a client that left')
    socket.destroy()
  })
  const open = new Set<{ destroy(): void; on(event: 'close', gone: () => void): void }>()
  server.on('connection', (socket: TLSSocket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  server.listen({ host: address, port, ipv6Only })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, address, port)
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

function portError(error: NodeJS.ErrnoException, address: string, port: number): RpbenchError {
  const where = `The control port, TCP ${endpoint(address, port)},`
  if (error.code === 'EADDRINUSE')
    return new RpbenchError(
      'RPB_PORT_IN_USE',
      `${where} is in use: choose another with ${flagOf('controlPort')} (0 takes a free one).`,
      { cause: error },
    )
  return new RpbenchError(
    'RPB_ADDRESS',
    `${where} cannot be opened (${error.code}): choose another with ${flagOf('controlPort')}.`,
    { cause: error },
  )
}
