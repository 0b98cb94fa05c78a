import { constants, release } from 'node:os'
import { RpbenchError } from '../errors.js'
import { addon, checked, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, SystemError } from '../native.js'
import { assemble, type Program } from './ebpf.js'

/** `enum bpf_map_type` of linux/bpf.h. */
export const MAP_HASH = 1
export const MAP_ARRAY = 2
export const MAP_LRU_HASH = 9
export const MAP_SOCKARRAY = 20
/** `enum bpf_prog_type` of linux/bpf.h. */
export const PROGRAM_SOCKET_FILTER = 1
export const PROGRAM_SK_REUSEPORT = 21

/** The verifier's reasons stand at the end; what does not fit is cut off there, so there must be room. */
const LOG_BYTES = 64 * 1024

/** None of the helpers that most programs call is reserved for programs under the GPL. */
const LICENSE = 'MIT'

/** What else a program is loaded with. */
interface LoadOptions {
  /** as the kernel spells it: some helpers are for those that it takes to be compatible with the GPL */
  license?: string
  /** by which it is known in the kernel; at most 15 letters, digits, `_` and `.` */
  name?: string
  /** `enum bpf_attach_type`, and the id in the kernel's BTF of the function that it is for */
  attachType?: number
  btfId?: number
}

export interface MapSpec {
  type: number
  keyBytes: number
  valueBytes: number
  entries: number
}

/**
 * Maps and programs that belong together, and the one place that closes their descriptors. What is attached to a group
 * stays alive without them.
 */
export class BpfScope {
  readonly #fds: number[] = []

  /** @param purpose what it is for, as the user knows it */
  constructor(readonly purpose: string) {}

  /** @throws RpbenchError RPB_STEERING where this user may not, or this kernel does not know such maps */
  createMap(spec: MapSpec): BpfMap {
    const fd = addon.bpfCreateMap(spec.type, spec.keyBytes, spec.valueBytes, spec.entries)
    if (fd < 0) throw this.#error(-fd, '')
    this.#fds.push(fd)
    return new BpfMap(fd, spec)
  }

  /**
   * Loads a program and returns its descriptor.
   * @throws RpbenchError RPB_STEERING where this user may not, or this kernel does not take it
   */
  load(type: number, program: Program, options: LoadOptions = {}): number {
    const { license = LICENSE, name = '', attachType = 0, btfId = 0 } = options
    const log = new Uint8Array(LOG_BYTES)
    const fd = addon.bpfLoad(type, assemble(program), log, license, name, attachType, btfId)
    if (fd < 0) throw this.#error(-fd, Buffer.from(log).toString('latin1', 0, Math.max(0, log.indexOf(0))))
    this.#fds.push(fd)
    return fd
  }

  #error(errno: number, log: string): RpbenchError {
    const cause = new SystemError(errno, 'bpf')
    // The verifier ends with what it objects to, and a line or two of statistics.
    const reason = log.trim().split('\n').at(-2)
    const message =
      cause.code === 'EPERM'
        ? `${this.purpose} needs an eBPF program, which this user may not load (${cause.message}): run as root, or with CAP_BPF and CAP_NET_ADMIN.`
        : `${this.purpose} needs an eBPF program that this kernel, ${release()}, does not take (${cause.message}${reason ? `: ${reason}` : ''}): it needs Linux 5.12 or later.`
    return new RpbenchError('RPB_STEERING', message, { cause })
  }

  close(): void {
    for (const fd of this.#fds.splice(0)) addon.close(fd)
  }
}

/** A map that programs of this process and the process itself read and write. */
export class BpfMap {
  constructor(
    readonly fd: number,
    readonly spec: MapSpec,
  ) {}

  /** The number of entries in `keys` and `values`. The addon trusts it, so it must be right. */
  #count(keys: NodeJS.TypedArray, values: NodeJS.TypedArray): number {
    const count = keys.byteLength / this.spec.keyBytes
    if (!Number.isInteger(count) || values.byteLength !== count * this.spec.valueBytes)
      throw new RangeError('keys and values of a map must be as many')
    return count
  }

  /** Writes entries; keys and values stand one after another. */
  update(keys: NodeJS.TypedArray, values: NodeJS.TypedArray): void {
    const count = this.#count(keys, values)
    if (count > 0) checked(addon.bpfUpdate(this.fd, keys, values, count), 'bpf BPF_MAP_UPDATE_ELEM')
  }

  /** Reads entries into `values`; the result has 1 for each key that is there. */
  lookup(keys: NodeJS.TypedArray, values: NodeJS.TypedArray): Uint8Array {
    const count = this.#count(keys, values)
    const found = new Uint8Array(count)
    if (count > 0) checked(addon.bpfLookup(this.fd, keys, values, count, found), 'bpf BPF_MAP_LOOKUP_ELEM')
    return found
  }

  /** Reads all entries of a hash map into arrays that have room for them. @returns how many there are */
  readAll(keys: NodeJS.TypedArray, values: NodeJS.TypedArray): number {
    return checked(
      addon.bpfReadAll(this.fd, keys, values, this.#count(keys, values)),
      'bpf BPF_MAP_LOOKUP_BATCH',
    )
  }

  /** Removes an entry, if it is there. */
  delete(key: NodeJS.TypedArray): void {
    if (key.byteLength !== this.spec.keyBytes) throw new RangeError('a key of this map has another size')
    const status = addon.bpfDelete(this.fd, key)
    if (status !== -constants.errno.ENOENT) checked(status, 'bpf BPF_MAP_DELETE_ELEM')
  }
}

/** Gives a program to the whole group of a socket, also to one that is to be, if it is not bound yet. */
export function attachProgram(socketFd: number, programFd: number): void {
  checked(
    addon.setOption(socketFd, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, programFd),
    'setsockopt SO_ATTACH_REUSEPORT_EBPF',
  )
}

/** Whether this process may create maps and load programs. */
export function mayLoadEbpf(): boolean {
  const fd = addon.bpfCreateMap(MAP_SOCKARRAY, 4, 8, 1)
  if (fd >= 0) addon.close(fd)
  return fd >= 0
}
