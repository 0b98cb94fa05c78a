import { readdirSync } from 'node:fs'
import type { HolderReading, ReaderReading, ReadersReading } from '../recording/watched-group.js'
import { kernelText } from './proc-text.js'
import { commandOf, descriptorsOf } from './socket-owner.js'

/** What a thread does in a system call, as far as it tells who reads a socket. */
type Waiting = 'epoll' | 'receive' | 'accept' | 'unseen'

/** By number (asm/unistd.h). `unseen`: it may wait for sockets, and /proc does not show for which. */
const CALLS: Readonly<Record<string, Readonly<Record<number, Waiting>>>> = {
  x64: {
    232: 'epoll', // epoll_wait
    281: 'epoll', // epoll_pwait
    441: 'epoll', // epoll_pwait2
    0: 'receive', // read
    45: 'receive', // recvfrom
    47: 'receive', // recvmsg
    299: 'receive', // recvmmsg
    43: 'accept',
    288: 'accept', // accept4
    7: 'unseen', // poll
    271: 'unseen', // ppoll
    23: 'unseen', // select
    270: 'unseen', // pselect6
    426: 'unseen', // io_uring_enter
  },
  arm64: {
    22: 'epoll', // epoll_pwait
    441: 'epoll', // epoll_pwait2
    63: 'receive', // read
    207: 'receive', // recvfrom
    212: 'receive', // recvmsg
    243: 'receive', // recvmmsg
    202: 'accept',
    242: 'accept', // accept4
    73: 'unseen', // ppoll
    72: 'unseen', // pselect6
    426: 'unseen', // io_uring_enter
  },
}

/** A thread in a system call, as /proc/PID/task/TID/syscall shows it; `running` where it is in none, or not at rest. */
export function parseWaiting(
  text: string,
  arch: string = process.arch,
): { call: Waiting; fd: number } | 'running' | undefined {
  const [number = '', argument = ''] = text.split(' ')
  if (number === 'running' || number === '-1') return 'running'
  const call = CALLS[arch]?.[Number(number)]
  return call && { call, fd: Number.parseInt(argument, 16) }
}

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
}

/** Finds out, one look after another, which threads read which sockets; asks nothing of them and stops none. */
export class SocketReaders {
  readonly #byInode = new Map<number, Known>()
  /** threads that were seen at rest, so that it is known what they wait for */
  readonly #atRest = new Set<number>()

  /** Looks at the processes that hold these sockets now, by inode. What was seen of others, which hold them no more, is forgotten. */
  look(holders: ReadonlyMap<number, readonly HolderReading[]>): void {
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
    const { threads, registered, unseen, running } = this.#known(inode)
    registered.clear()
    for (const [threadId, { pid }] of threads) if (!holders.has(pid)) threads.delete(threadId)
    for (const pid of unseen) if (!holders.has(pid)) unseen.delete(pid)
    for (const [threadId, pid] of running) if (!holders.has(pid)) running.delete(threadId)
  }

  #process(pid: number, descriptors: ReadonlyMap<number, number>): void {
    const held = [...new Set(descriptors.values())].map((inode) => this.#known(inode))
    const sets = epollSets(pid)
    for (const set of sets.values())
      for (const inode of waitedFor(set, descriptors)) this.#known(inode).registered.add(pid)
    for (const threadId of threadsOf(pid)) {
      const text = kernelText(`/proc/${pid}/task/${threadId}/syscall`) ?? ''
      const waiting = text === '' ? { call: 'unseen' as const, fd: -1 } : parseWaiting(text)
      if (waiting === 'running') {
        for (const { running } of held) running.set(threadId, pid)
        continue
      }
      this.#atRest.add(threadId)
      if (waiting === undefined) continue
      const { call, fd } = waiting
      if (call === 'unseen') for (const { unseen } of held) unseen.add(pid)
      else for (const inode of taken({ call, fd }, sets, descriptors)) this.#note(inode, pid, threadId, call)
    }
  }

  #note(inode: number, pid: number, threadId: number, by: ReaderReading['by']): void {
    this.#known(inode).threads.set(threadId, { pid, threadId, name: commandOf(pid, threadId), by })
  }

  /** Who was seen so far to read the socket with this inode. */
  of(inode: number): ReadersReading {
    const { threads, registered, unseen, running } = this.#known(inode)
    return {
      threads: [...threads.values()].toSorted((a, b) => a.threadId - b.threadId),
      registeredBy: [...registered].toSorted((a, b) => a - b),
      othersUnseen: unseen.size > 0 || [...running.keys()].some((threadId) => !this.#atRest.has(threadId)),
    }
  }
}

function taken(
  { call, fd }: { call: Exclude<Waiting, 'unseen'>; fd: number },
  sets: EpollSets,
  descriptors: ReadonlyMap<number, number>,
): Iterable<number> {
  if (call === 'epoll') {
    const set = sets.get(fd)
    return set === undefined ? [] : waitedFor(set, descriptors)
  }
  const inode = descriptors.get(fd)
  return inode === undefined ? [] : [inode]
}

/** Of the sockets that a process holds, those in an epoll set. */
function waitedFor(
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
