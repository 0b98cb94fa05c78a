import type { DispatchKind } from '../plan/dispatch.js'
import { wireFanOut } from './fan-out.js'
import { closeAll, openGroupSockets } from './sockets.js'
import type { Wiring, WiringOptions } from './wiring.js'

function wireReuseport(options: WiringOptions): Wiring {
  const sockets = openGroupSockets({ ...options, sockets: options.members, reusePort: true })
  return { sockets, ofMember: (member) => [sockets.fds[member]!], close: () => closeAll(sockets.fds) }
}

/** One socket, without SO_REUSEPORT, which every member reads. */
function wireOneSocket(options: WiringOptions): Wiring {
  const sockets = openGroupSockets({ ...options, sockets: 1, reusePort: false })
  return { sockets, ofMember: () => [sockets.fds[0]!], close: () => closeAll(sockets.fds) }
}

const WIRINGS: Readonly<Record<DispatchKind, (options: WiringOptions) => Wiring>> = {
  reuseport: wireReuseport,
  shared: wireOneSocket,
  single: wireOneSocket,
  'fan-out': wireFanOut,
}

/**
 * Opens the sockets of a group, in order, on a port that nobody else has.
 * @throws RpbenchError naming the socket that could not be opened; nothing stays open then
 */
export function wire(dispatch: DispatchKind, options: WiringOptions): Wiring {
  return WIRINGS[dispatch](options)
}
