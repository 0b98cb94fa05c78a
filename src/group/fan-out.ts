import { flagOf } from '../plan/parameters/table.js'
import { RpbenchError } from '../errors.js'
import { openFileLimit } from '../host/limits.js'
import { addon, checked, SO_SNDBUF, SOCK_DGRAM, SOL_SOCKET, type SystemError } from '../native.js'
import { closeAll, openGroupSockets } from './sockets.js'
import type { SocketLayout, SocketLayoutOptions } from './socket-layout.js'

/** The most that a front puts before a datagram: sizeof (handover_t), native/src/handover.h, with room to grow. */
const HANDOVER_BYTES = 256

/**
 * A pair of Unix datagram sockets, the front's end and the member's. What waits in it is charged to the end that sent
 * it, so the queue's size is the front's SO_SNDBUF; net.unix.max_dgram_qlen does not bound a connected pair.
 */
function openPair({
  receiveBufferBytes,
  payloadBytes,
}: SocketLayoutOptions): [front: number, member: number] {
  const ends = new Int32Array(2)
  checked(addon.socketPair(SOCK_DGRAM, ends), 'socketpair')
  const [front, member] = [ends[0]!, ends[1]!]
  try {
    // A queue as large as the UDP socket's, but for one datagram at least, which that takes however small it is.
    if (receiveBufferBytes !== undefined) {
      const bytes = Math.max(receiveBufferBytes, payloadBytes + HANDOVER_BYTES)
      checked(addon.setOption(front, SOL_SOCKET, SO_SNDBUF, bytes), 'setsockopt SO_SNDBUF')
    }
    return [front, member]
  } catch (error) {
    closeAll([front, member])
    throw error
  }
}

function pairError(member: number, members: number, error: SystemError): RpbenchError {
  return new RpbenchError(
    'RPB_FILES',
    `What is to hand on to member ${member} of ${members} could not be opened (${error.message}): the limit is ${openFileLimit()} open files; lower ${flagOf('procs')}, or raise it with ulimit -n.`,
    { cause: error },
  )
}

/** One UDP socket, which a front reads and members answer through, and a pair of Unix sockets for each member. */
export function layOutFanOut(options: SocketLayoutOptions): SocketLayout {
  const sockets = openGroupSockets({ ...options, sockets: 1, reusePort: false })
  const pairs: [front: number, member: number][] = []
  const close = (): void => closeAll([...sockets.fds, ...pairs.flat()])
  try {
    while (pairs.length < options.members) pairs.push(openPair(options))
  } catch (error) {
    close()
    throw pairError(pairs.length, options.members, error as SystemError)
  }
  return {
    sockets,
    ofMember: (member) => [pairs[member]![1], sockets.fds[0]!],
    handOnFds: pairs.map(([front]) => front),
    close,
  }
}
