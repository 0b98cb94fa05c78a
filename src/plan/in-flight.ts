import { queueCapacity } from '../kernel/queue-capacity.js'
import { sharesSockets, type EngineKind } from './engine.js'
import { defaultOf } from './parameters/table.js'

/** What a receive queue has room for where nobody says otherwise, bytes: net.core.rmem_default of most hosts. */
const USUAL_BUFFER_BYTES = 212_992
/** The kernel gives room in a queue back by quarters of it (udp_rmem_release(), net/ipv4/udp.c). */
const FREE_AT_ALL_TIMES = 3 / 4

/**
 * Requests in flight where nothing is said. Flows that share sockets are many, and with more in flight the client and its
 * members have more to do for each time they are woken: as many as the queue of one member has room for, since all of them
 * may be there.
 * @param receiveBufferBytes as it is asked of the kernel, which doubles it
 */
export function inFlightByDefault(
  engine: EngineKind,
  { payloadBytes, receiveBufferBytes }: { payloadBytes: number; receiveBufferBytes?: number | undefined },
): number {
  const usual = defaultOf('inFlight')
  if (!sharesSockets(engine)) return usual
  const buffer = Math.min(USUAL_BUFFER_BYTES, 2 * (receiveBufferBytes ?? Infinity))
  return Math.max(usual, Math.floor(queueCapacity(buffer, payloadBytes) * FREE_AT_ALL_TIMES))
}
