import { FAMILIES, type Family } from '../units/addresses.js'
import { diagnosedSockets } from './udp-diag.js'
import { tabledSockets, type UdpSocket } from './udp-table.js'

/**
 * The UDP sockets bound to `port` in this network namespace: of sock_diag, and where that is refused, as in some
 * containers, of /proc/net/udp, which takes a hundred times as long and may leave some out.
 */
export function readSocketsOnPort(port: number, families: readonly Family[] = FAMILIES): UdpSocket[] {
  return families.flatMap((family) => diagnosedSockets(port, family) ?? tabledSockets(port, family))
}
