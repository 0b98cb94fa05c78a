import { closeSync, readSync } from 'node:fs'
import { addon, checked } from '../native.js'
import type { ExplainedSocket } from '../recording/observation.js'
import { BpfScope } from '../steering/bpf.js'
import { MOST_LISTED, PIECE, RECORD, socketIterator, type SocketLayout } from './iterator-program.js'
import { kernelTypes, LICENSE, PROGRAM_TRACING } from './kernel-types.js'

const TRACE_ITERATOR = 28
const CHUNK_BYTES = 64 * 1024

/** How the kernel has a socket, and the filter that is on it. */
export interface KernelSocket extends ExplainedSocket {
  /** absent without one; a classic one has no id */
  filter?: { kind: 'classic' | 'extended'; id?: number; name?: string }
}

/** Asks the kernel how it has the sockets of a port in this network namespace (Linux 5.9, with BTF). */
export class SocketIterator {
  readonly #scope = new BpfScope('explaining')
  readonly #layout: SocketLayout
  readonly #link: number

  /**
   * @throws RpbenchError RPB_STEERING where this user may not, RangeError where this kernel's BTF lacks what it needs, and
   * Node's error where there is none
   */
  constructor(protocol: 'udp' | 'tcp', port: number) {
    try {
      const { layout, functionIds } = kernelTypes()
      this.#layout = layout
      const fd = this.#scope.load(PROGRAM_TRACING, socketIterator(protocol, port, this.#layout), {
        license: LICENSE,
        name: 'rpbench_explain',
        attachType: TRACE_ITERATOR,
        btfId: functionIds[protocol],
      })
      this.#link = checked(addon.bpfLink(fd, TRACE_ITERATOR), 'bpf BPF_LINK_CREATE')
    } catch (error) {
      this.#scope.close()
      throw error
    }
  }

  /** The sockets as they are now. @throws SystemError where the kernel does not tell */
  read(): KernelSocket[] {
    const pass = checked(addon.bpfIterate(this.#link), 'bpf BPF_ITER_CREATE')
    const pieces: Buffer[] = []
    try {
      for (;;) {
        const piece = Buffer.allocUnsafe(CHUNK_BYTES)
        const bytes = readSync(pass, piece)
        if (bytes === 0) break
        pieces.push(piece.subarray(0, bytes))
      }
    } finally {
      closeSync(pass)
    }
    return kernelSockets(Buffer.concat(pieces), this.#layout)
  }

  close(): void {
    addon.close(this.#link)
    this.#scope.close()
  }
}

/** What the records say that the program wrote. */
export function kernelSockets(bytes: Buffer, layout: Pick<SocketLayout, 'reuseport'>): KernelSocket[] {
  const records: Buffer[] = []
  const orders = new Map<bigint, bigint[]>()
  for (let at = 0; at + RECORD.bytes <= bytes.length;) {
    const record = bytes.subarray(at, at + RECORD.bytes)
    records.push(record)
    at += RECORD.bytes
    const group = record.readBigUInt64LE(RECORD.group)
    if (group === 0n || record.readBigUInt64LE(RECORD.first) !== record.readBigUInt64LE(RECORD.socket))
      continue
    const listed = Math.min(record.readUInt16LE(RECORD.size), MOST_LISTED)
    orders.set(
      group,
      Array.from({ length: listed }, (_, i) => bytes.readBigUInt64LE(at + i * 8)),
    )
    at += Math.ceil(listed / PIECE) * PIECE * 8
  }
  const ids = new Map<bigint, number>()
  return records.map((record) => kernelSocket(record, layout, orders, ids))
}

function kernelSocket(
  record: Buffer,
  { reuseport }: Pick<SocketLayout, 'reuseport'>,
  orders: ReadonlyMap<bigint, readonly bigint[]>,
  ids: Map<bigint, number>,
): KernelSocket {
  const group = record.readBigUInt64LE(RECORD.group)
  if (group !== 0n && !ids.has(group)) ids.set(group, ids.size + 1)
  const order = orders.get(group)?.indexOf(record.readBigUInt64LE(RECORD.socket)) ?? -1
  const program = programOf(record, RECORD.program, RECORD.programId, RECORD.programName)
  const filter = programOf(record, RECORD.filter, RECORD.filterId, RECORD.filterName)
  const incomingCpu = record.readInt32LE(RECORD.incomingCpu)
  return {
    cookie: Number(record.readBigUInt64LE(RECORD.cookie)),
    reuseport: ((record[RECORD.reuseportByte]! >> reuseport.bit) & 1) === 1,
    ...(incomingCpu >= 0 && { incomingCpu }),
    ...(record.readBigUInt64LE(RECORD.lookup) !== 0n && { lookedUpByProgram: true as const }),
    ...(group !== 0n && {
      group: {
        id: ids.get(group)!,
        size: record.readUInt16LE(RECORD.size),
        ...(order >= 0 && { order }),
        ...(program && { program }),
      },
    }),
    ...(filter && { filter }),
  }
}

/** A classic program has no id in the kernel, and no name. */
function programOf(record: Buffer, pointer: number, idAt: number, nameAt: number) {
  if (record.readBigUInt64LE(pointer) === 0n) return undefined
  const id = record.readUInt32LE(idAt)
  const [name] = record.toString('latin1', nameAt, nameAt + 16).split('\0')
  return id === 0 ? { kind: 'classic' as const } : { kind: 'extended' as const, id, ...(name && { name }) }
}
