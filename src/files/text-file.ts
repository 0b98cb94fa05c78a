import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs'
import { usageError } from '../errors.js'
import { formatBytes } from '../units/format.js'
import { reasonOf } from './file-errors.js'

/** Ten times what a sweep of 5,000 runs makes, 33 bytes for each of 2,000,000 flows; what it is parsed into fits Node's heap. */
export const MOST_FILE_BYTES = 64 * 2 ** 20
const CHUNK_BYTES = 2 ** 16

const KINDS = [
  ['isDirectory', 'a directory'],
  ['isFIFO', 'a pipe, which may never end'],
  ['isSocket', 'a socket'],
  ['isCharacterDevice', 'a device, which may never end'],
  ['isBlockDevice', 'a device'],
] as const satisfies readonly (readonly [keyof Stats, string])[]

/**
 * The text (UTF-8) of a file that the user named. Only a regular file is opened, and no more than `mostBytes` of it are
 * read: a pipe may wait for ever, a device never end, and a file grow while it is read.
 * @param sentence what to tell the user where it cannot be read, of why that is so
 * @throws RpbenchError RPB_USAGE
 */
export function readTextFile(
  path: string,
  sentence: (why: string) => string,
  mostBytes = MOST_FILE_BYTES,
): string {
  const tooLong = `it is longer than ${formatBytes(mostBytes)}`
  const refuse = (why: string): never => {
    throw usageError(sentence(why))
  }
  const check = (stats: Stats): void => {
    const other = KINDS.find(([is]) => stats[is]())
    if (other) refuse(`it is ${other[1]}`)
    if (stats.size > mostBytes) refuse(tooLong)
  }
  let fd: number | undefined
  try {
    // Looked at before it is opened, since opening a device may do something; and after, since it may be another by then.
    check(statSync(path))
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    check(fstatSync(fd))
    return readUpTo(fd, mostBytes) ?? refuse(tooLong)
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return refuse(reasonOf(error))
    throw error
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** All that there is to read; undefined where that is more than so much. */
function readUpTo(fd: number, mostBytes: number): string | undefined {
  const chunks: Buffer[] = []
  for (let total = 0; total <= mostBytes;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const bytes = readSync(fd, chunk)
    if (bytes === 0) return Buffer.concat(chunks, total).toString('utf8')
    chunks.push(chunk.subarray(0, bytes))
    total += bytes
  }
  return undefined
}
