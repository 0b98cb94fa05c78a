import { readdirSync } from 'node:fs'
import type { SocketHolder, Taker } from '../recording/observation.js'
import type { ReaderReading, ReadersReading } from '../recording/watched-group.js'
import { kernelText } from './proc-text.js'
import { commandOf, descriptorsOf } from './socket-owner.js'
import { withTakers } from './taking-threads.js'
import { callOf, parseWaiting, waitedInMemory, type Waiting, type WaitingCall } from './waiting-threads.js'

/** The sockets of an epoll set, by their inodes, out of /proc/PID/fdinfo/FD; their descriptors where the kernel tells no inodes (before 4.13). */
export function parseEpollSet(text: string): { inodes: Set<number>; descriptors: Set<number> } {
  const inodes = new Set<number>()
  const descriptors = new Set<number>()
  for (const [, fd, rest] of text.matchAll(/^tfd:\s+(\d+) (.*)$/gm)) {
    const [, inode] = /\bino:([0-9a-f]+)/.exec(rest!) ?? []
    if (inode === undefined) descriptors.add(Number(fd))
    else inodes.add(Number.parseInt(inode, 16))
  }
  return { inodes, descriptors }
}

type EpollSets = Map<number, ReturnType<typeof parseEpollSet>>

/** What is known of who reads a socket. */
interface Known {
  threads: Map<number, ReaderReading>
  /** processes that have it in an epoll set, at the last look */
  registered: Set<number>
  /** processes with threads that may read it unseen */
  unseen: Set<number>
  /** threads that were running at a look, and their processes */
  running: Map<number, number>
  /** processes that hold it, at the last look; undefined before the first */
  holders?: ReadonlySet<number>
}

/** Finds out, one look after another, which threads read which sockets; asks nothing of them and stops none. */
export class SocketReaders {
  readonly #byInode = new Map<number, Known>()
  /** threads that were seen at rest, so that it is known what they wait for, and the call in which they were last */
  readonly #atRest = new Map<number, WaitingCall | undefined>()

  /** Looks at the processes that hold these sockets now, by inode. What was seen of others, which hold them no more, is forgotten. */
  look(holders: ReadonlyMap<number, readonly SocketHolder[]>): void {
    const byPid = new Map<number, Map<number, number>>()
    for (const [inode, held] of holders) {
      this.#forget(inode, new Set(held.map(({ pid }) => pid)))
      for (const { pid, fd } of held)
        byPid.set(pid, (byPid.get(pid) ?? new Map<number, number>()).set(fd, inode))
    }
    for (const [pid, descriptors] of byPid) this.#process(pid, descriptors)
  }

  #known(inode: number): Known {
    const known = this.#byInode.get(inode) ?? {
      threads: new Map(),
      registered: new Set(),
      unseen: new Set(),
      running: new Map(),
    }
    this.#byInode.set(inode, known)
    return known
  }

  #forget(inode: number, holders: ReadonlySet<number>): void {
    const known = this.#known(inode)
    const { threads, registered, unseen, running } = known
    known.holders = holders
    registered.clear()
    for (const [threadId, { pid }] of threads) if (!holders.has(pid)) threads.delete(threadId)
    for (const pid of unseen) if (!holders.has(pid)) unseen.delete(pid)
    for (const [threadId, pid] of running) if (!holders.has(pid)) running.delete(threadId)
  }

  #process(pid: number, descriptors: ReadonlyMap<number, number>): void {
    const held = [...new Set(descriptors.values())].map((inode) => this.#known(inode))
    const sets = epollSets(pid)
    for (const set of sets.values())
      for (const inode of registeredIn(set, descriptors)) this.#known(inode).registered.add(pid)
    const threadIds = new Set(threadsOf(pid))
    for (const { threads } of held)
      for (const [threadId, thread] of threads)
        if (thread.pid === pid && !threadIds.has(threadId)) threads.delete(threadId)
    for (const threadId of threadIds) {
      const text = callOf({ pid, threadId })
      const waiting = parseWaiting(text)
      if (waiting === 'running') {
        for (const { running } of held) running.set(threadId, pid)
        continue
      }
      this.#atRest.set(threadId, waiting?.call)
      const inodes =
        text === ''
          ? undefined
          : waiting
            ? waitedFor(waiting, { pid, threadId, text }, sets, descriptors)
            : []
      if (inodes === undefined) for (const { unseen } of held) unseen.add(pid)
      else for (const inode of inodes) this.#note(inode, pid, threadId, waiting!.call)
    }
  }

  #note(inode: number, pid: number, threadId: number, by: ReaderReading['by']): void {
    this.#known(inode).threads.set(threadId, { pid, threadId, name: commandOf(pid, threadId), by })
  }

  /**
   * Who was seen so far to read the socket with this inode.
   * @param takers threads that a program saw to take from it; undefined where none looks
   */
  of(inode: number, takers?: readonly Taker[]): ReadersReading {
    const { threads, registered, unseen, running, holders } = this.#known(inode)
    const seen = {
      threads: [...threads.values()],
      registeredBy: [...registered].toSorted((a, b) => a - b),
      othersUnseen: unseen.size > 0 || [...running.keys()].some((threadId) => !this.#atRest.has(threadId)),
    }
    const all = takers === undefined ? seen : withTakers(seen, takers, { holders, calls: this.#atRest })
    return { ...all, threads: all.threads.toSorted((a, b) => a.threadId - b.threadId) }
  }
}

/** The sockets that a thread waits for; undefined where its call does not show for which. */
function waitedFor(
  waiting: Waiting,
  thread: { pid: number; threadId: number; text: string },
  sets: EpollSets,
  descriptors: ReadonlyMap<number, number>,
): Iterable<number> | undefined {
  const { call, first } = waiting
  if (call === 'io_uring') return undefined
  if (call === 'epoll') {
    const set = sets.get(first)
    return set === undefined ? [] : registeredIn(set, descriptors)
  }
  const fds = call === 'poll' || call === 'select' ? waitedInMemory(waiting, thread) : [first]
  return fds && new Set([...fds].flatMap((fd) => descriptors.get(fd) ?? []))
}

/** Of the sockets that a process holds, those in an epoll set. */
function registeredIn(
  { inodes, descriptors: bare }: ReturnType<typeof parseEpollSet>,
  descriptors: ReadonlyMap<number, number>,
): Set<number> {
  return new Set(
    [...descriptors].filter(([fd, inode]) => inodes.has(inode) || bare.has(fd)).map(([, inode]) => inode),
  )
}

function epollSets(pid: number): EpollSets {
  const sets: EpollSets = new Map()
  for (const { fd, of } of descriptorsOf(pid))
    if (of === 'anon_inode:[eventpoll]')
      sets.set(fd, parseEpollSet(kernelText(`/proc/${pid}/fdinfo/${fd}`) ?? ''))
  return sets
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch {
    return []
  }
}
