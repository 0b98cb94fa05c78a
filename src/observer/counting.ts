import { flagOf } from '../plan/parameters/table.js'
import { findSocketHolders } from '../host/socket-owner.js'
import { RpbenchError } from '../errors.js'
import { addon, SystemError } from '../native.js'
import type { Counts, HeldSocket, LevelRefusal, ProgramCost } from '../recording/observation.js'
import { haveFilters, releaseAccepted } from './accepted.js'
import { CostMeter } from './cost.js'
import { withSocket } from './descriptors.js'
import { attachFilter, detachFilter, filterOf } from './filters.js'
import { FlowCounts } from './flow-counts.js'
import { filterOwners, type FilterOwner } from './left-behind.js'
import type { ObserverRequest } from './observer.js'
import { AttachRecord, programName } from './record.js'
import { asRoot, attachCommand, processWords, refusalFor, type Reason } from './words.js'

/** A filter on each socket of a group, which counts what comes there. */
export class Counting {
  readonly #request: ObserverRequest
  readonly #counts: FlowCounts
  readonly #meter: CostMeter
  readonly #record: AttachRecord | undefined
  /** those that have the filter, by inode, as they were last seen */
  readonly #filtered = new Map<number, HeldSocket>()
  /** that could not be counted when they joined */
  readonly #refused = new Set<number>()
  /** whether accepted sockets have filters of the server's, so that ours cannot be told from them */
  readonly #acceptedHaveFilters: boolean
  /** what there is to tell, as sentences */
  readonly notes: string[] = []

  private constructor(request: ObserverRequest, counts: FlowCounts) {
    this.#request = request
    this.#counts = counts
    this.#meter = new CostMeter(counts.programFd)
    this.#record = AttachRecord.begin(request)
    if (!this.#record)
      this.notes.push(
        'Neither /dev/shm nor /tmp can be written: if this rpbench is killed, what it leaves is not known.',
      )
    this.#acceptedHaveFilters =
      request.protocol === 'tcp' &&
      haveFilters(request.port, pidsOf(request.sockets), inodesOf(request.sockets))
  }

  /** Counts all sockets of the group from now on, or none, and says why. */
  static begin(request: ObserverRequest): Counting | LevelRefusal {
    const reasons = obstacles(request.sockets, request)
    let counts: FlowCounts | undefined
    try {
      counts = new FlowCounts(request.protocol, programName())
    } catch (error) {
      reasons.push(loadingRefused(error))
    }
    if (counts && reasons.length === 0) {
      const counting = new Counting(request, counts)
      for (const socket of request.sockets) reasons.push(...counting.#attach(socket))
      if (reasons.length === 0) return counting
      counting.close()
    } else counts?.close()
    const command = reasons.some(({ command: one }) => one !== undefined) ? {} : asRoot(request)
    return { ...refusalFor('count', reasons), ...command }
  }

  /** @returns why it could not be */
  #attach(socket: HeldSocket): Reason[] {
    const had = withSocket(socket, (fd, holder) => {
      const cookie = addon.socketCookie(fd)
      this.#counts.expect(cookie, socket.inode)
      this.#record?.add(cookie)
      try {
        attachFilter(fd, this.#counts.programFd)
        this.#filtered.set(socket.inode, socket)
        return []
      } catch (error) {
        return [{ why: `${processWords(holder.pid)} takes no filter (${(error as SystemError).code})` }]
      }
    })
    if (!had) return []
    return 'used' in had ? had.used : [had.not]
  }

  /** The sockets as they are now: new ones are counted from now on. */
  follow(sockets: readonly HeldSocket[]): void {
    const present = new Map(sockets.map((socket) => [socket.inode, socket]))
    for (const inode of this.#filtered.keys()) if (!present.has(inode)) this.#filtered.delete(inode)
    for (const [inode, socket] of present) {
      if (this.#filtered.has(inode)) this.#filtered.set(inode, socket)
      else if (!this.#refused.has(inode)) this.#join(socket)
    }
    this.#meter.look()
  }

  #join(socket: HeldSocket): void {
    const found = obstacles([socket], this.#request)
    for (const { why } of found.length > 0 ? found : this.#attach(socket)) {
      this.#refused.add(socket.inode)
      this.notes.push(`A socket that joined is not counted: ${why}.`)
    }
  }

  read(): Counts {
    this.#meter.look()
    return this.#counts.read()
  }

  /** Takes all filters off. @returns what they cost */
  close(): ProgramCost | undefined {
    const measured = this.#meter.close()
    const all = [...this.#filtered.values()]
    const lost = all.filter((socket) => !this.#detach(socket))
    // Whoever held them when they were last looked at may have ended, and others may still have them.
    const { byInode } =
      lost.length === 0 ? { byInode: new Map() } : findSocketHolders(lost.map(({ inode }) => inode))
    const kept = lost.filter(
      ({ inode }) => byInode.has(inode) && !this.#detach({ inode, holders: byInode.get(inode) }),
    )
    if (this.#request.protocol === 'tcp') this.#release(all)
    this.#counts.close()
    if (kept.length === 0) this.#record?.end()
    else
      this.notes.push(
        `The filter is still on ${kept.length} sockets: ${attachCommand(this.#request)} ${flagOf('detach')}.`,
      )
    this.#filtered.clear()
    return measured
  }

  /** @returns false where the socket could not be had */
  #detach(socket: Pick<HeldSocket, 'inode' | 'holders'>): boolean {
    const had = withSocket(socket, detachFilter)
    return had !== undefined && 'used' in had
  }

  #release(sockets: readonly HeldSocket[]): void {
    if (this.#acceptedHaveFilters)
      this.notes.push(
        'The server gives connections filters of its own: those accepted meanwhile keep what they inherited until they close.',
      )
    else releaseAccepted(this.#request.port, pidsOf(sockets), inodesOf(this.#request.sockets))
  }
}

const pidsOf = (sockets: readonly HeldSocket[]): number[] =>
  sockets.flatMap(({ holders }) => holders.map(({ pid }) => pid))
const inodesOf = (sockets: readonly HeldSocket[]): Set<number> => new Set(sockets.map(({ inode }) => inode))

/** What stands in the way of a filter of ours on sockets: none is put in the place of another. */
function obstacles(sockets: readonly HeldSocket[], request: ObserverRequest): Reason[] {
  let owners: Map<number, FilterOwner> | undefined
  return sockets.flatMap((socket) => {
    const had = filterSeen(socket)
    if (!had) return []
    if ('not' in had) return [had.not]
    if (!had.used) return []
    const { kind, cookie, who } = had.used
    if (kind === 'locked') return [{ why: `the socket of ${who} is locked, so that no filter can be set` }]
    const owner = kind === 'extended' ? (owners ??= filterOwners(request)).get(cookie) : undefined
    // Between the two looks an rpbench may have taken its filter off and left: only one that is still there is the server's.
    return owner || isThere(filterSeen(socket)) ? [filterWords(owner, who, request)] : []
  })
}

const filterSeen = (socket: HeldSocket) =>
  withSocket(socket, (fd, { pid }) => {
    const kind = filterOf(fd)
    return kind && { kind, cookie: addon.socketCookie(fd), who: processWords(pid) }
  })

const isThere = (had: ReturnType<typeof filterSeen>): boolean =>
  had !== undefined && 'used' in had && had.used !== undefined

function filterWords(owner: FilterOwner | undefined, who: string, request: ObserverRequest): Reason {
  if (!owner) return { why: `the socket of ${who} has a filter of its own, which counting would replace` }
  // Of all its sockets in the same words: it is said once.
  if (owner.alive) return { why: `rpbench, process ${owner.pid}, counts there already` }
  return {
    why: `rpbench, process ${owner.pid}, was killed and left its filter on the socket of ${who}`,
    needs: 'that to be taken off',
    command: `${attachCommand(request)} ${flagOf('detach')}`,
  }
}

function loadingRefused(error: unknown): Reason {
  const cause = error instanceof RpbenchError ? error.cause : error
  if (!(cause instanceof SystemError)) throw error
  return cause.code === 'EPERM'
    ? { why: 'a counting program is refused (EPERM)', needs: 'CAP_BPF' }
    : { why: `this kernel does not take the counting program (${cause.code})`, needs: 'Linux 5.8' }
}
