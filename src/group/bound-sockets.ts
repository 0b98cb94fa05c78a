import { diagnosed } from '../host/sock-diag.js'
import type { Bound } from '../host/transport.js'
import { readSocketsOnPort } from '../host/udp-sockets.js'
import type { UdpSocket } from '../host/udp-table.js'
import { FAMILIES, type Family } from '../units/addresses.js'

/** A socket on a group's port. */
export interface BoundSocket extends UdpSocket {
  /** of a listener: connections in its accept queue */
  acceptQueue?: number
}

/**
 * The sockets of a group's protocol that are bound to a port in this network namespace; of TCP those that listen, and none
 * where sock_diag is refused.
 */
export function boundSockets(
  port: number,
  { protocol = 'udp' }: Pick<Bound, 'protocol'>,
  families: readonly Family[] = FAMILIES,
): BoundSocket[] {
  if (protocol === 'udp') return readSocketsOnPort(port, families)
  return families.flatMap((family) =>
    (diagnosed('tcp', port, family) ?? []).map(({ address, uid, inode, drops, cookie, device, queued }) => ({
      family,
      address,
      port,
      uid,
      inode,
      // What is sent to a listener waits in connections, which are not listed.
      queuedBytes: 0,
      drops,
      cookie,
      device,
      acceptQueue: queued,
    })),
  )
}
