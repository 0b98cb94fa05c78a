import { expect, it } from 'vitest'
import { parseEpollSet, parseWaiting } from '../../src/host/socket-readers.js'

/** Numbers of system calls as `ausyscall` gives them; addresses as a kernel prints them. */
it.each([
  ['x64', '232 0x8 0x7ffd4e8 0x200 0x1388 0x0 0x0 0x7ffd 0x7f1', { call: 'epoll', fd: 8 }],
  ['x64', '281 0xd 0x5581 0x400 0xffffffffffffffff 0x0 0x8 0x7f 0x7f', { call: 'epoll', fd: 13 }],
  ['x64', '299 0x6 0x7f9c 0x20 0x0 0x0 0x0 0x7f9c 0x7f9c', { call: 'receive', fd: 6 }],
  ['x64', '288 0x4 0x7f9c 0x20 0x800 0x0 0x0 0x7f9c 0x7f9c', { call: 'accept', fd: 4 }],
  ['x64', '7 0x7ffd 0x2 0xffffffff 0x0 0x0 0x0 0x7ffd 0x7f1', { call: 'unseen', fd: 0x7ffd }],
  ['arm64', '22 0x8 0xffff 0x200 0x1388 0x0 0x8 0xffff 0xffff', { call: 'epoll', fd: 8 }],
  ['arm64', '207 0x5 0xffff 0x200 0x0 0x0 0x0 0xffff 0xffff', { call: 'receive', fd: 5 }],
])('reads what a thread waits in, on %s: %s', (arch, text, waiting) =>
  expect(parseWaiting(text, arch)).toEqual(waiting),
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
