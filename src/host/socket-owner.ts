import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process that holds a socket. */
export interface SocketOwner {
  pid: number
  command: string
}

function holds(pid: string, link: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === link
      } catch {
        return false // closed meanwhile
      }
    })
  } catch {
    return false // another user's process, or one that ended meanwhile
  }
}

/**
 * Finds the process that holds the socket with this inode. Without root only processes of the same user can be
 * looked into: undefined then.
 */
export function findSocketOwner(inode: number): SocketOwner | undefined {
  const link = `socket:[${inode}]`
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, link))
  if (!pid) return undefined
  let command = '?'
  try {
    command = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    // It ended meanwhile; its number is still worth telling.
  }
  return { pid: Number(pid), command }
}

/** Who holds a socket, as well as this user may know: `process 4711 (named)` or `user id 33`. */
export function describeOwner(socket: { inode: number; uid: number }): string {
  const owner = findSocketOwner(socket.inode)
  return owner ? `process ${owner.pid} (${owner.command})` : `a process of user id ${socket.uid}`
}
