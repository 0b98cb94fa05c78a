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

/** Finds out, one look after another, which threads read which sockets; asks nothing of them and stops none. */
export class SocketReaders {
  readonly #threads = new Map<number, Map<number, ReaderReading>>()
  readonly #registered = new Map<number, Set<number>>()
  /** by inode: threads that were in no call at each look, and never seen to wait */
  readonly #unseen = new Map<number, boolean>()
  /** threads that were seen in a call that tells what they wait for, by number */
  readonly #known = new Set<number>()
  readonly #running = new Map<number, Set<number>>()

  /** Looks at the processes that hold these sockets, by inode. */
  look(holders: ReadonlyMap<number, readonly HolderReading[]>): void {
    const byPid = new Map<number, Map<number, number>>()
    for (const [inode, held] of holders)
      for (const { pid, fd } of held)
        byPid.set(pid, (byPid.get(pid) ?? new Map<number, number>()).set(fd, inode))
    for (const [pid, descriptors] of byPid) this.#process(pid, descriptors)
  }

  #process(pid: number, descriptors: ReadonlyMap<number, number>): void {
    const inodes = new Set(descriptors.values())
    const sets = epollSets(pid)
    for (const set of sets.values())
      for (const inode of waitedFor(set, descriptors))
        this.#registered.set(inode, (this.#registered.get(inode) ?? new Set()).add(pid))
    for (const threadId of threadsOf(pid)) {
      const text = kernelText(`/proc/${pid}/task/${threadId}/syscall`)
      if (text === undefined || text === '') {
        for (const inode of inodes) this.#unseen.set(inode, true)
        continue
      }
      const waiting = parseWaiting(text)
      if (waiting === 'running') {
        for (const inode of inodes)
          this.#running.set(inode, (this.#running.get(inode) ?? new Set()).add(threadId))
        continue
      }
      this.#known.add(threadId)
      if (waiting === undefined) continue
      if (waiting.call === 'unseen') for (const inode of inodes) this.#unseen.set(inode, true)
      else
        for (const inode of taken(waiting, sets, descriptors)) this.#note(inode, pid, threadId, waiting.call)
    }
  }

  #note(inode: number, pid: number, threadId: number, by: ReaderReading['by']): void {
    const threads = this.#threads.get(inode) ?? new Map<number, ReaderReading>()
    this.#threads.set(inode, threads.set(threadId, { pid, threadId, name: commandOf(pid, threadId), by }))
  }

  /** Who was seen so far to read the socket with this inode. */
  of(inode: number): ReadersReading {
    const running = [...(this.#running.get(inode) ?? [])].some((threadId) => !this.#known.has(threadId))
    return {
      threads: [...(this.#threads.get(inode)?.values() ?? [])].toSorted((a, b) => a.threadId - b.threadId),
      registeredBy: [...(this.#registered.get(inode) ?? [])].toSorted((a, b) => a - b),
      othersUnseen: running || this.#unseen.get(inode) === true,
    }
  }
}

function taken(
  { call, fd }: { call: Waiting; fd: number },
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
