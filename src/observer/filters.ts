import { addon, checked, SOL_SOCKET } from '../native.js'
import { constants } from 'node:os'

const SO_DETACH_FILTER = 27
const SO_LOCK_FILTER = 44
const SO_ATTACH_BPF = 50

/** A filter that a socket has: `extended` is eBPF, as ours are; `locked` says that none may be set or taken off. */
export type FilterKind = 'classic' | 'extended' | 'locked'

/** What stands in the way of a filter of ours; undefined where nothing does. @throws SystemError */
export function filterOf(fd: number): FilterKind | undefined {
  const status = addon.socketFilter(fd)
  const extended = status === -constants.errno.EACCES
  if (!extended) checked(status, 'getsockopt SO_GET_FILTER')
  const locked = checked(addon.getOption(fd, SOL_SOCKET, SO_LOCK_FILTER), 'getsockopt SO_LOCK_FILTER')
  if (locked) return 'locked'
  if (extended) return 'extended'
  return status === 0 ? undefined : 'classic'
}

/** @throws SystemError EPERM where the socket's filter is locked */
export function attachFilter(fd: number, programFd: number): void {
  checked(addon.setOption(fd, SOL_SOCKET, SO_ATTACH_BPF, programFd), 'setsockopt SO_ATTACH_BPF')
}

/** Takes the filter off, if there is an extended one, as ours are. @returns whether there was */
export function detachFilter(fd: number): boolean {
  if (filterOf(fd) !== 'extended') return false
  checked(addon.setOption(fd, SOL_SOCKET, SO_DETACH_FILTER, 0), 'setsockopt SO_DETACH_FILTER')
  return true
}
