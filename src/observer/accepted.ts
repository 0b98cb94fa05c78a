import { descriptorsOf } from '../host/socket-owner.js'
import { addon, SOL_SOCKET } from '../native.js'
import { detachFilter, filterOf } from './filters.js'

const SO_PROTOCOL = 38
const IPPROTO_TCP = 6

/**
 * Visits the TCP sockets on a port that these processes have beside the listening ones: those that they accepted, which
 * inherited the filter of their listener. One in the queue of a listener is nobody's yet.
 */
function visitAccepted(
  port: number,
  pids: Iterable<number>,
  listening: ReadonlySet<number>,
  visit: (fd: number) => void,
): void {
  for (const pid of new Set(pids)) {
    for (const { fd, of } of descriptorsOf(pid)) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(of) ?? []
      if (inode === undefined || listening.has(Number(inode))) continue
      const copy = addon.copyDescriptor(pid, fd)
      if (copy < 0) continue
      try {
        if (addon.getOption(copy, SOL_SOCKET, SO_PROTOCOL) === IPPROTO_TCP && addon.localPort(copy) === port)
          visit(copy)
      } finally {
        addon.close(copy)
      }
    }
  }
}

/** Whether the server gives sockets that it accepted extended filters of its own, which look like ours. */
export function haveFilters(port: number, pids: Iterable<number>, listening: ReadonlySet<number>): boolean {
  let found = false
  visitAccepted(port, pids, listening, (fd) => {
    found ||= filterOf(fd) === 'extended'
  })
  return found
}

/** Takes inherited filters off. @returns from how many sockets */
export function releaseAccepted(
  port: number,
  pids: Iterable<number>,
  listening: ReadonlySet<number>,
): number {
  let released = 0
  visitAccepted(port, pids, listening, (fd) => {
    if (detachFilter(fd)) released++
  })
  return released
}
