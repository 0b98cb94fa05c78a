import { existsSync } from 'node:fs'
import type { Taker } from '../recording/observation.js'
import type { ReaderReading, ReadersReading } from '../recording/watched-group.js'
import { commandOf } from './socket-owner.js'
import type { WaitingCall } from './waiting-threads.js'

/** How io_uring names a thread of the kernel's that works for one of a process (io_uring/io-wq.c, io_uring/sqpoll.c). */
const RING_WORKER = /^iou-(?:wrk|sqp)-(\d+)$/

/** What is known of threads and of a socket beside. */
interface KnownOf {
  /** processes that hold it; undefined where that is not known */
  holders: ReadonlySet<number> | undefined
  /** the call in which each thread was last at rest */
  calls: ReadonlyMap<number, WaitingCall | undefined>
}

const lives = ({ pid, threadId }: Pick<Taker, 'pid' | 'threadId'>): boolean =>
  existsSync(`/proc/${pid}/task/${threadId}`)

/** In whose name it took: a worker of io_uring does for the thread that has the ring. */
const readerOf = (taker: Taker): { threadId: number; works: boolean } => {
  const [, threadId] = RING_WORKER.exec(taker.name) ?? []
  return threadId === undefined
    ? { threadId: taker.threadId, works: false }
    : { threadId: Number(threadId), works: true }
}

/** How a reader is called: Node's main thread by its program, one that ended by what it was called when it took. */
function nameOf(pid: number, threadId: number, taker: Taker): string {
  const name = commandOf(pid, threadId)
  return name === '?' ? taker.name : name
}

/**
 * Adds threads that a program saw to take to those that were seen to wait. One that has ended is no reader any more, nor is one whose
 * process holds the socket no more, as a worker that leaves does; yet such a process may have it in a ring of io_uring.
 */
export function withTakers(
  seen: ReadersReading,
  takers: readonly Taker[],
  { holders, calls }: KnownOf,
): ReadersReading {
  const threads = new Map(seen.threads.map((thread) => [thread.threadId, thread]))
  let elsewhere = false
  let some = false
  for (const taker of takers) {
    const { pid, taken, inVain } = taker
    if (!lives(taker)) continue
    if (holders !== undefined && !holders.has(pid)) {
      elsewhere = true
      continue
    }
    some = true
    const { threadId, works } = readerOf(taker)
    const byRing = works || calls.get(threadId) === 'io_uring'
    const known: ReaderReading = threads.get(threadId) ?? {
      pid,
      threadId,
      name: nameOf(pid, threadId, taker),
      by: byRing ? 'io_uring' : 'taking',
    }
    threads.set(threadId, {
      ...known,
      taken: (known.taken ?? 0) + taken,
      inVain: (known.inVain ?? 0) + inVain,
    })
  }
  return {
    ...seen,
    threads: [...threads.values()],
    othersUnseen: elsewhere || (seen.othersUnseen && !some),
    ...(!elsewhere && { takesSeen: true as const }),
  }
}
