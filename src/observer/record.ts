import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { constants as system } from 'node:os'
import { join } from 'node:path'
import { kernelText } from '../host/proc-text.js'
import { addon } from '../native.js'

/** Where records are kept, the first that can be written to: of memory, so that they go with what they tell of. */
const DIRECTORIES = ['/dev/shm', '/tmp']
const PREFIX = 'rpbench-attach-'
const HAVE_IT = -system.errno.EWOULDBLOCK

/** By this name the kernel knows what a process has attached. */
export const programName = (): string => `rpbench_${process.pid}`
/** Of any of them: its process. */
export const PROGRAM_NAME = /^rpbench_(\d+)$/

/** The port whose sockets are in a record. */
interface RecordedPort {
  protocol: 'udp' | 'tcp'
  port: number
}

interface Heading extends RecordedPort {
  boot: string
  pid: number
  namespace: string
}

/** The network namespace of whoever records. */
export const ownNamespace = (): string => readlinkSync('/proc/self/ns/net')

const bootId = (): string => kernelText('/proc/sys/kernel/random/boot_id') ?? ''

/**
 * What this process has put filters on, in a file: written before it does, so that a later one finds what it left behind if
 * it is killed. It is locked as long as this process lives.
 */
export class AttachRecord {
  readonly #fd: number
  readonly #path: string

  private constructor(fd: number, path: string) {
    this.#fd = fd
    this.#path = path
  }

  /** @returns undefined where no such file can be made */
  static begin({ protocol, port }: RecordedPort): AttachRecord | undefined {
    for (const directory of DIRECTORIES) {
      const path = join(directory, `${PREFIX}${randomBytes(6).toString('hex')}`)
      try {
        const record = new AttachRecord(openSync(path, 'wx', 0o600), path)
        addon.lockFile(record.#fd)
        const heading = { boot: bootId(), pid: process.pid, namespace: ownNamespace(), protocol, port }
        record.#append(heading satisfies Heading)
        return record
      } catch {
        // not there, full, or not for this user: the next
      }
    }
    return undefined
  }

  /** A filter is about to be put on the socket with this cookie. */
  add(cookie: number): void {
    this.#append(cookie)
  }

  #append(line: unknown): void {
    writeSync(this.#fd, `${JSON.stringify(line)}\n`)
  }

  /** Nothing is left. */
  end(): void {
    unlinkSync(this.#path)
    closeSync(this.#fd)
  }
}

/** A record of another process that may have left filters. */
export interface FoundRecord extends RecordedPort {
  pid: number
  namespace: string
  /** whether it still runs, and its filters count */
  alive: boolean
  cookies: ReadonlySet<number>
  /** removes the record */
  forget: () => void
}

/** Records of this boot that this user, or root, made: anybody may put a file there. */
export function foundRecords(): FoundRecord[] {
  return DIRECTORIES.flatMap((directory) => {
    try {
      return readdirSync(directory)
        .filter((name) => name.startsWith(PREFIX))
        .flatMap((name) => readRecord(join(directory, name)) ?? [])
    } catch {
      return []
    }
  })
}

function readRecord(path: string): FoundRecord | undefined {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const { uid } = fstatSync(fd)
    if (uid !== 0 && uid !== process.geteuid?.()) return undefined
    const [heading, ...cookies] = readFileSync(fd, 'latin1')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown)
    const { boot, ...rest } = heading as Heading
    const alive = addon.lockFile(fd) === HAVE_IT
    const forget = (): void => unlinkSync(path)
    if (boot === bootId()) return { ...rest, alive, cookies: new Set(cookies as number[]), forget }
    forget()
    return undefined
  } catch {
    return undefined // it went meanwhile, or is not ours
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
