import { flagOf } from '../plan/parameters/table.js'
import { diagnosed } from '../host/sock-diag.js'
import { addon } from '../native.js'
import type { HeldSocket } from '../recording/observation.js'
import { FAMILIES } from '../units/addresses.js'
import { plural } from '../units/plural.js'
import { releaseAccepted } from './accepted.js'
import { withSocket } from './descriptors.js'
import { detachFilter } from './filters.js'
import type { ObserverRequest } from './observer.js'
import { foundRecords, ownNamespace, PROGRAM_NAME, type FoundRecord } from './record.js'
import { SocketIterator } from './socket-iterator.js'
import { attachCommand, processWords } from './words.js'

/** The rpbench that has, or had, a filter on a socket. */
export interface FilterOwner {
  pid: number
  /** whether it still counts there */
  alive: boolean
}

/**
 * Whose filters are on the sockets of a port, as far as they are of an rpbench: by the records that were made before they were put
 * there, and by what the kernel says the programs are called, where that may be asked.
 * @returns by cookie
 */
export function filterOwners({
  protocol,
  port,
}: Pick<ObserverRequest, 'protocol' | 'port'>): Map<number, FilterOwner> {
  const owners = new Map<number, FilterOwner>()
  for (const { cookie, filter } of askKernel(protocol, port)) {
    const [, pid] = PROGRAM_NAME.exec(filter?.name ?? '') ?? []
    if (pid !== undefined) owners.set(cookie, { pid: Number(pid), alive: isAlive(Number(pid)) })
  }
  for (const { pid, alive, cookies } of foundRecords())
    for (const cookie of cookies) owners.set(cookie, { pid, alive })
  return owners
}

function askKernel(protocol: 'udp' | 'tcp', port: number) {
  try {
    const iterator = new SocketIterator(protocol, port)
    try {
      return iterator.read()
    } finally {
      iterator.close()
    }
  } catch {
    return [] // It may not be asked: records are all there is.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** What `detachLeftBehind` did. */
export interface Detached {
  /** sockets of the group that a filter was taken off */
  detached: HeldSocket[]
  /** accepted sockets that had inherited it */
  accepted: number
  /** what was not done, as sentences */
  notes: string[]
}

/** Takes off filters that an rpbench which was killed left on the group's sockets, and nobody else's. */
export function detachLeftBehind(request: Omit<ObserverRequest, 'upTo'>): Detached {
  const owners = filterOwners(request)
  const found: Detached = { detached: [], accepted: 0, notes: [] }
  const pids: number[] = []
  for (const socket of request.sockets) {
    const had = withSocket(socket, (fd, holder) => {
      const owner = owners.get(addon.socketCookie(fd))
      if (owner?.alive) {
        found.notes.push(
          `rpbench, process ${owner.pid}, counts at ${processWords(holder.pid)}: its filter stays.`,
        )
      } else if (owner && detachFilter(fd)) {
        found.detached.push(socket)
        pids.push(...socket.holders.map(({ pid }) => pid))
      }
    })
    if (had && 'not' in had) found.notes.push(`${had.not.why}: it takes ${had.not.needs ?? 'more'}.`)
  }
  if (request.protocol === 'tcp')
    found.accepted = releaseAccepted(request.port, pids, new Set(request.sockets.map(({ inode }) => inode)))
  const cookies = new Set(found.detached.map(({ cookie }) => cookie))
  if (found.notes.length === 0) forget((record) => [...record.cookies].some((cookie) => cookies.has(cookie)))
  return found
}

/** Forgets what an rpbench that was killed left on sockets that are closed by now, as far as they were in this network namespace. */
export function forgetClosed(): void {
  forget(({ namespace, protocol, port, cookies }) => {
    if (namespace !== ownNamespace()) return false
    const open = FAMILIES.map((family) => diagnosed(protocol, port, family))
    return open.every((rows) => rows && !rows.some(({ cookie }) => cookies.has(cookie)))
  })
}

/** What an rpbench that was killed left on these sockets, by its records: any user may be told of those of their own. */
export function leftBehindNotes({ protocol, port, sockets }: ObserverRequest): string[] {
  const cookies = new Set(sockets.map(({ cookie }) => cookie))
  return foundRecords().flatMap((record) => {
    const left = record.alive ? 0 : [...record.cookies].filter((cookie) => cookies.has(cookie)).length
    if (left === 0) return []
    const filters = plural(left, 'socket', 'sockets')
    return [
      `rpbench, process ${record.pid}, was killed and left its filter on ${filters}: ${attachCommand({ protocol, port })} ${flagOf('detach')} takes it off.`,
    ]
  })
}

function forget(which: (record: FoundRecord) => boolean): void {
  for (const record of foundRecords()) if (!record.alive && which(record)) record.forget()
}
