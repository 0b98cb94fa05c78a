import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process that holds a socket. */
export interface SocketOwner {
  pid: number
  command: string
}

/** Inodes of the sockets that a process holds; none of another user's process, or of one that ended meanwhile. */
function* socketsOf(pid: number): Generator<number> {
  let fds: string[]
  try {
    fds = readdirSync(`/proc/${pid}/fd`)
  } catch {
    return
  }
  for (const fd of fds) {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? []
      if (inode !== undefined) yield Number(inode)
    } catch {
      // closed meanwhile
    }
  }
}

/** All processes, those that began last first, and this one, which may have thousands of sockets, at the end. */
function processes(): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return [...pids.filter((pid) => pid !== process.pid).toSorted((a, b) => b - a), process.pid]
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
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
    for (const inode of socketsOf(pid)) {
      if (wanted.delete(inode)) owners.set(inode, { pid, command: commandOf(pid) })
      if (wanted.size === 0) return owners
    }
  }
  return owners
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
