import { closeSync, openSync, readSync } from 'node:fs'
import { kernelText } from './proc-text.js'

/** In which call a thread waits, as far as it tells what for. */
export type WaitingCall = 'epoll' | 'receive' | 'accept' | 'poll' | 'select' | 'io_uring'

/** By number (asm/unistd.h). */
const CALLS: Readonly<Record<string, Readonly<Record<number, WaitingCall>>>> = {
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
    7: 'poll',
    271: 'poll', // ppoll
    23: 'select',
    270: 'select', // pselect6
    426: 'io_uring', // io_uring_enter
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
    73: 'poll', // ppoll
    72: 'select', // pselect6
    426: 'io_uring', // io_uring_enter
  },
}

/** A call, and its first two arguments. */
export interface Waiting {
  call: WaitingCall
  first: number
  second: number
}

/** A thread in a system call, as /proc/PID/task/TID/syscall shows it; `running` where it is in none, or not at rest. */
export function parseWaiting(text: string, arch: string = process.arch): Waiting | 'running' | undefined {
  const [number = '', first = '', second = ''] = text.split(' ')
  if (number === 'running' || number === '-1') return 'running'
  const call = CALLS[arch]?.[Number(number)]
  return call && { call, first: Number.parseInt(first, 16), second: Number.parseInt(second, 16) }
}

const POLL_BYTES = 8
/** POLLIN, POLLRDNORM of asm-generic/poll.h. */
const POLL_READABLE = 0x1 | 0x40
/** Of longer lists the beginning is read: the listening sockets of a server stand there. */
const MOST_POLLED = 65536

/** The descriptors that are polled for something to read, out of an array of `struct pollfd`. */
export function parsePolled(array: Buffer): Set<number> {
  const fds = new Set<number>()
  for (let at = 0; at + POLL_BYTES <= array.length; at += POLL_BYTES)
    if ((array.readInt16LE(at + 4) & POLL_READABLE) !== 0) fds.add(array.readInt32LE(at))
  return fds
}

/** The descriptors in a set of select(2). */
export function parseSelected(set: Buffer): Set<number> {
  const fds = new Set<number>()
  for (const [at, byte] of set.entries())
    for (let bit = 0; bit < 8; bit++) if (((byte >> bit) & 1) === 1) fds.add(at * 8 + bit)
  return fds
}

/**
 * What a thread waits for in poll or select: its list, as it stands in its memory. It takes what it takes to see its call.
 * @param text of its call: where that is another by now, what was read is of no use
 * @returns undefined where it cannot be known
 */
export function waitedInMemory(
  { call, first, second }: Waiting,
  of: { pid: number; threadId: number; text: string },
): Set<number> | undefined {
  const [address, bytes] =
    call === 'poll'
      ? [first, Math.min(second, MOST_POLLED) * POLL_BYTES]
      : [second, Math.ceil(Math.min(first, MOST_POLLED) / 8)]
  if (address === 0 || bytes === 0) return new Set()
  const list = memoryOf(of.pid, address, bytes)
  if (list === undefined || callOf(of) !== of.text) return undefined
  return call === 'poll' ? parsePolled(list) : parseSelected(list)
}

/** What the kernel shows of a thread's call; empty where it may not be seen. */
export const callOf = ({ pid, threadId }: { pid: number; threadId: number }): string =>
  kernelText(`/proc/${pid}/task/${threadId}/syscall`) ?? ''

function memoryOf(pid: number, address: number, bytes: number): Buffer | undefined {
  let fd: number | undefined
  try {
    fd = openSync(`/proc/${pid}/mem`, 'r')
    const read = Buffer.alloc(bytes)
    return readSync(fd, read, 0, bytes, address) === bytes ? read : undefined
  } catch {
    return undefined // it ended, or has something else there by now
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
