import { expect, it } from 'vitest'
import { parseEpollSet } from '../../src/host/socket-readers.js'
import { withTakers } from '../../src/host/taking-threads.js'
import { parsePolled, parseSelected, parseWaiting } from '../../src/host/waiting-threads.js'
import type { ReadersReading } from '../../src/recording/watched-group.js'

/** Numbers of system calls as `ausyscall` gives them; addresses as a kernel prints them. */
it.each([
  ['x64', '232 0x8 0x7ffd4e8 0x200 0x1388 0x0 0x0 0x7ffd 0x7f1', { call: 'epoll', first: 8 }],
  ['x64', '281 0xd 0x5581 0x400 0xffffffffffffffff 0x0 0x8 0x7f 0x7f', { call: 'epoll', first: 13 }],
  ['x64', '299 0x6 0x7f9c 0x20 0x0 0x0 0x0 0x7f9c 0x7f9c', { call: 'receive', first: 6 }],
  ['x64', '288 0x4 0x7f9c 0x20 0x800 0x0 0x0 0x7f9c 0x7f9c', { call: 'accept', first: 4 }],
  ['x64', '7 0x7ffd 0x2 0xffffffff 0x0 0x0 0x0 0x7ffd 0x7f1', { call: 'poll', first: 0x7ffd, second: 2 }],
  [
    'x64',
    '270 0x400 0x7ffc 0x0 0x0 0x7ffd 0x0 0x7ffd 0x7f1',
    { call: 'select', first: 1024, second: 0x7ffc },
  ],
  ['x64', '426 0x4 0x0 0x1 0x1 0x0 0x8 0x7ffd 0x7f1', { call: 'io_uring', first: 4 }],
  ['arm64', '73 0xffff 0x3 0x0 0x0 0x8 0x0 0xffff 0xffff', { call: 'poll', first: 0xffff, second: 3 }],
  ['arm64', '22 0x8 0xffff 0x200 0x1388 0x0 0x8 0xffff 0xffff', { call: 'epoll', first: 8 }],
  ['arm64', '207 0x5 0xffff 0x200 0x0 0x0 0x0 0xffff 0xffff', { call: 'receive', first: 5 }],
])('reads what a thread waits in, on %s: %s', (arch, text, waiting) =>
  expect(parseWaiting(text, arch)).toMatchObject(waiting),
)

it('tells a thread that runs from one that waits for something else', () => {
  expect(parseWaiting('running')).toBe('running')
  expect(parseWaiting('-1 0x7ffd 0x7f1')).toBe('running')
  // futex
  expect(parseWaiting('202 0x7f2b 0x189 0x0 0x0 0x0 0xffffffff 0x7f2b 0x7f2b', 'x64')).toBeUndefined()
})

it('reads the sockets of an epoll set, which are told by inode in hexadecimal', () => {
  const text = `pos:\t0
flags:\t02000002
mnt_id:\t16
ino:\t1057
tfd:        6 events: 80000001 data:     55d3a1b3a010  pos:0 ino:12e3f sdev:9
tfd:       11 events:       19 data:                b  pos:0 ino:af sdev:9
`
  expect(parseEpollSet(text)).toEqual({ inodes: new Set([0x1_2e_3f, 0xaf]), descriptors: new Set() })
})

it('reads them by descriptor where an old kernel tells no inode', () =>
  expect(parseEpollSet('tfd:        6 events:       19 data:     6\n')).toEqual({
    inodes: new Set(),
    descriptors: new Set([6]),
  }))

it('reads what is polled for something to come, and leaves the rest', () => {
  // struct pollfd of poll(2): descriptor, what is asked for, what came of it. POLLIN is 1, POLLOUT 4, POLLRDNORM 0x40.
  const list = Buffer.alloc(5 * 8)
  for (const [i, [fd, events]] of [
    [3, 1],
    [4, 4],
    [-1, 1],
    [9, 0x41],
    [12, 5],
  ].entries()) {
    list.writeInt32LE(fd!, i * 8)
    list.writeInt16LE(events!, i * 8 + 4)
  }
  expect([...parsePolled(list)]).toEqual([3, -1, 9, 12])
})

it('reads a set of select', () =>
  // FD_SET of 0, 5, 8 and 71.
  expect([...parseSelected(Buffer.from('210100000000000080', 'hex'))]).toEqual([0, 5, 8, 71]))

const NOBODY: ReadersReading = { threads: [], registeredBy: [], othersUnseen: true }
const taker = (given: object) => ({
  cookie: 1,
  pid: process.pid,
  threadId: process.pid,
  name: 'server',
  taken: 3,
  inVain: 1,
  ...given,
})

it('names threads that a program saw to take beside those that wait, and those alone that are there and hold it', () => {
  const known = { holders: new Set([process.pid]), calls: new Map() }
  const waiting = { pid: process.pid, threadId: process.pid, name: 'server', by: 'epoll' } as const
  const both = withTakers({ ...NOBODY, threads: [waiting] }, [taker({})], known)
  expect(both).toEqual({
    threads: [{ ...waiting, taken: 3, inVain: 1 }],
    registeredBy: [],
    othersUnseen: false,
    takesSeen: true,
  })
  // No process has so high a number (PID_MAX_LIMIT of linux/threads.h is 2^22).
  const gone = taker({ pid: 2 ** 22 + 1, threadId: 2 ** 22 + 1 })
  expect(withTakers(NOBODY, [gone], { ...known, holders: undefined })).toEqual({ ...NOBODY, takesSeen: true })
  expect(withTakers(NOBODY, [taker({})], { ...known, holders: new Set([1]) })).toEqual(NOBODY)
})

it('counts what workers of io_uring take as of the thread that has the ring', () => {
  const workers = ['iou-wrk-4711', 'iou-wrk-4711', 'iou-sqp-4711'].map((name) => taker({ name }))
  const { threads } = withTakers(NOBODY, workers, { holders: undefined, calls: new Map() })
  expect(threads).toMatchObject([{ threadId: 4711, by: 'io_uring', taken: 9, inVain: 3 }])
  const own = withTakers(NOBODY, [taker({})], {
    holders: undefined,
    calls: new Map([[process.pid, 'io_uring']]),
  })
  expect(own.threads).toMatchObject([{ by: 'io_uring' }])
})
