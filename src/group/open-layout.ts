import type { DispatchKind } from '../plan/dispatch.js'
import { layOutFanOut } from './fan-out.js'
import { closeAll, openGroupSockets } from './sockets.js'
import type { SocketLayout, SocketLayoutOptions } from './socket-layout.js'

function layOutReuseport(options: SocketLayoutOptions): SocketLayout {
  const sockets = openGroupSockets({ ...options, sockets: options.members, reusePort: true })
  return { sockets, ofMember: (member) => [sockets.fds[member]!], close: () => closeAll(sockets.fds) }
}

/** One socket, without SO_REUSEPORT, which every member reads. */
function layOutOneSocket(options: SocketLayoutOptions): SocketLayout {
  const sockets = openGroupSockets({ ...options, sockets: 1, reusePort: false })
  return { sockets, ofMember: () => [sockets.fds[0]!], close: () => closeAll(sockets.fds) }
}

const LAYOUTS: Readonly<Record<DispatchKind, (options: SocketLayoutOptions) => SocketLayout>> = {
  reuseport: layOutReuseport,
  shared: layOutOneSocket,
  single: layOutOneSocket,
  'fan-out': layOutFanOut,
}

/**
 * Opens the sockets of a group, in order, on a port that nobody else has.
 * @throws RpbenchError naming the socket that could not be opened; nothing stays open then
 */
export function openLayout(dispatch: DispatchKind, options: SocketLayoutOptions): SocketLayout {
  return LAYOUTS[dispatch](options)
}
