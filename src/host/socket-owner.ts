import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { SocketHolder } from '../recording/observation.js'
import { addon, AF_INET, checked, SOCK_DGRAM } from '../native.js'
import { kernelText } from './proc-text.js'

/** A process that holds a socket. */
export interface SocketOwner {
  pid: number
  command: string
}

/** The descriptors of a process, each with what it is of; none of another user's process, or of one that ended meanwhile. */
export function* descriptorsOf(pid: number, refused?: () => void): Generator<{ fd: number; of: string }> {
  let fds: string[]
  try {
    fds = readdirSync(`/proc/${pid}/fd`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') yield* describedDescriptors(pid, refused)
    return
  }
  for (const fd of fds) {
    try {
      yield { fd: Number(fd), of: readlinkSync(`/proc/${pid}/fd/${fd}`) }
    } catch {
      // closed meanwhile
    }
  }
}

/**
 * The sockets and epoll instances among them, of what the kernel says of each (Linux 5.14): with CAP_SYS_PTRACE alone the
 * folder of another user's descriptors may not be opened, but this one may.
 */
function* describedDescriptors(pid: number, refused?: () => void): Generator<{ fd: number; of: string }> {
  let fds: string[]
  try {
    fds = readdirSync(`/proc/${pid}/fdinfo`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') refused?.()
    return
  }
  for (const fd of fds) {
    const text = kernelText(`/proc/${pid}/fdinfo/${fd}`) ?? ''
    const inode = infoOf(text, 'ino')
    if (inode !== undefined && infoOf(text, 'mnt_id') === socketMount())
      yield { fd: Number(fd), of: `socket:[${inode}]` }
    else if (/^tfd:/m.test(text)) yield { fd: Number(fd), of: 'anon_inode:[eventpoll]' }
  }
}

const infoOf = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}:\\s+(\\d+)$`, 'm').exec(text)?.[1]

let mountOfSockets: string | undefined

/** All sockets of this host are in one file system of the kernel's, so also one of our own. */
function socketMount(): string | undefined {
  if (mountOfSockets === undefined) {
    const fd = checked(addon.socket(AF_INET, SOCK_DGRAM), 'socket')
    mountOfSockets = infoOf(kernelText(`/proc/self/fdinfo/${fd}`) ?? '', 'mnt_id')
    addon.close(fd)
  }
  return mountOfSockets
}

/** The sockets that a process holds, by inode, as `descriptorsOf` finds them. */
function* socketsOf(pid: number, refused?: () => void): Generator<{ fd: number; inode: number }> {
  for (const { fd, of } of descriptorsOf(pid, refused)) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(of) ?? []
    if (inode !== undefined) yield { fd, inode: Number(inode) }
  }
}

/** All processes, those that began last first, and this one, which may have thousands of sockets, at the end. */
function processes(): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return [...pids.filter((pid) => pid !== process.pid).toSorted((a, b) => b - a), process.pid]
}

/** What Node.js 24 calls its main thread, and the process with it. */
const NODES_MAIN_THREAD = 'MainThread'

/** The name of a process, or of one of its threads. */
export function commandOf(pid: number, threadId = pid): string {
  try {
    const name = readFileSync(`/proc/${pid}/task/${threadId}/comm`, 'utf8').trim()
    return name === NODES_MAIN_THREAD ? basename(readlinkSync(`/proc/${pid}/exe`)) : name
  } catch {
    return '?' // It ended meanwhile; its number is still worth telling.
  }
}

/**
 * Finds the processes that hold the sockets with these inodes. Without root only processes of the same user can be looked
 * into: what they do not hold is missing then.
 */
export function findSocketOwners(inodes: Iterable<number>): Map<number, SocketOwner> {
  const wanted = new Set(inodes)
  const owners = new Map<number, SocketOwner>()
  for (const pid of processes()) {
    for (const { inode } of socketsOf(pid)) {
      if (wanted.delete(inode)) owners.set(inode, { pid, command: commandOf(pid) })
      if (wanted.size === 0) return owners
    }
  }
  return owners
}

/** Who holds sockets, as far as this user may look into processes. */
export interface SocketHolders {
  /** by inode; one that nobody is known to hold is not in it */
  byInode: Map<number, (SocketHolder & { command: string; parentPid?: number })[]>
  /** whether some processes may not be looked into, so that there may be more */
  hidden: boolean
}

/** Finds all processes that hold the sockets with these inodes, in the order of their numbers. */
export function findSocketHolders(inodes: Iterable<number>): SocketHolders {
  const wanted = new Set(inodes)
  const byInode = new Map<number, (SocketHolder & { command: string; parentPid?: number })[]>()
  let hidden = false
  for (const pid of processes().toSorted((a, b) => a - b)) {
    if (pid === process.pid) continue
    for (const { fd, inode } of socketsOf(pid, () => (hidden = true))) {
      if (!wanted.has(inode)) continue
      const parentPid = parentOf(pid)
      const holder = { pid, fd, command: commandOf(pid), ...(parentPid !== undefined && { parentPid }) }
      byInode.set(inode, [...(byInode.get(inode) ?? []), holder])
    }
  }
  return { byInode, hidden }
}

function parentOf(pid: number): number | undefined {
  const [, parent] = /^PPid:\s+(\d+)$/m.exec(kernelText(`/proc/${pid}/status`) ?? '') ?? []
  return parent === undefined ? undefined : Number(parent)
}

/** Who holds each socket, by inode, as well as this user may know: `process 4711 (named)` or `a process of user id 33`. */
export function describeOwners(sockets: readonly { inode: number; uid: number }[]): Map<number, string> {
  const owners =
    sockets.length === 0
      ? new Map<number, SocketOwner>()
      : findSocketOwners(sockets.map(({ inode }) => inode))
  return new Map(
    sockets.map(({ inode, uid }) => {
      const owner = owners.get(inode)
      return [inode, owner ? `process ${owner.pid} (${owner.command})` : `a process of user id ${uid}`]
    }),
  )
}
