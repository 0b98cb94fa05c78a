import { execFileSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MOST_FILE_BYTES, readTextFile } from '../../src/files/text-file.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { refusalOf } from './refusal-of.js'

let root: string
useTemporaryDirectory((path) => (root = path))

const why = (path: string, mostBytes?: number): string =>
  refusalOf(() => readTextFile(path, (reason) => reason, mostBytes))

describe('a file that the user names', () => {
  it('is read whole, also where it is longer than one read, or one of /proc, which say that they have 0 bytes', () => {
    const path = join(root, 'long')
    const text = 'żółw\n'.repeat(50_000)
    writeFileSync(path, text)
    expect(readTextFile(path, String)).toBe(text)
    expect(readTextFile('/proc/self/limits', String)).toContain('Max open files')
  })

  it('is refused, and not waited for, where it is a pipe', () => {
    const path = join(root, 'pipe')
    execFileSync('mkfifo', [path])
    expect(why(path)).toBe('it is a pipe, which may never end')
  })

  it('is refused where it is a socket', async () => {
    const server = createServer().listen(join(root, 'socket'))
    await once(server, 'listening')
    expect(why(join(root, 'socket'))).toBe('it is a socket')
    server.close()
  })

  it.each([
    ['/dev/zero', 'it is a device, which may never end'],
    ['/dev/urandom', 'it is a device, which may never end'],
    ['/', 'it is a directory'],
    ['/nowhere', 'there is no such file or directory'],
    ['/dev/null/x', 'a part of the path is a file, not a directory'],
  ])('is refused where it is %s', (path, reason) => expect(why(path)).toBe(reason))

  it('is refused where it is larger than the most, before it is read', () => {
    const path = join(root, 'large')
    writeFileSync(path, '')
    // a hole: it takes no room
    truncateSync(path, MOST_FILE_BYTES + 1)
    expect(why(path)).toBe('it is longer than 64 MiB')
    truncateSync(path, 2 ** 40)
    expect(why(path)).toBe('it is longer than 64 MiB')
  })

  it('is refused where it turns out to be longer than it said', () =>
    expect(why('/proc/self/limits', 100)).toBe('it is longer than 100 B'))
})
