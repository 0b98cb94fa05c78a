import { addressFrom } from '../units/addresses.js'
import type { Counts, FlowCount } from '../recording/observation.js'
import { BpfScope, MAP_HASH, PROGRAM_SOCKET_FILTER, type BpfMap } from '../steering/bpf.js'
import {
  connectionCounter,
  countEntry,
  datagramCounter,
  COUNT_KEY_BYTES,
  COUNT_VALUE_BYTES,
} from './count-program.js'

/** Flows that there is room for, at any one socket; 20 MB of the kernel's memory. */
export const MOST_FLOWS = 2 ** 17
/** Sockets of a group that there is room for over time: as many as a group may have. */
const MOST_SOCKETS = 2 ** 15
const PROGRAMS = { udp: datagramCounter, tcp: connectionCounter } as const

/** The counting program, and what it counted. */
export class FlowCounts {
  readonly #scope = new BpfScope('counting')
  readonly #flows: BpfMap
  readonly #unlisted: BpfMap
  readonly #keys: DataView<ArrayBuffer>
  readonly #values: DataView<ArrayBuffer>
  /** of the counted sockets, by cookie */
  readonly #inodes = new Map<number, number>()
  readonly #addresses = new Map<string, string>()
  /** descriptor of the program */
  readonly programFd: number

  /**
   * @param name of the program in the kernel
   * @param room flows that there is room for
   * @throws RpbenchError RPB_STEERING where this user may not load it, or this kernel does not take it
   */
  constructor(protocol: 'udp' | 'tcp', name: string, room = MOST_FLOWS) {
    try {
      this.#flows = this.#scope.createMap({
        type: MAP_HASH,
        keyBytes: COUNT_KEY_BYTES,
        valueBytes: COUNT_VALUE_BYTES,
        entries: room,
      })
      this.#unlisted = this.#scope.createMap({
        type: MAP_HASH,
        keyBytes: 8,
        valueBytes: 8,
        entries: MOST_SOCKETS,
      })
      const maps = { flowsFd: this.#flows.fd, unlistedFd: this.#unlisted.fd }
      this.programFd = this.#scope.load(PROGRAM_SOCKET_FILTER, PROGRAMS[protocol](maps), { name })
    } catch (error) {
      this.#scope.close()
      throw error
    }
    this.#keys = new DataView(new ArrayBuffer(room * COUNT_KEY_BYTES))
    this.#values = new DataView(new ArrayBuffer(room * COUNT_VALUE_BYTES))
  }

  /** A socket whose packets are to be counted: to be called before the program is attached to it. */
  expect(cookie: number, inode: number): void {
    if (this.#inodes.has(cookie)) return
    this.#inodes.set(cookie, inode)
    this.#unlisted.update(BigUint64Array.of(BigInt(cookie)), BigUint64Array.of(0n))
  }

  /** What was counted so far. @throws SystemError where it cannot be read */
  read(): Counts {
    const count = this.#flows.readAll(new Uint8Array(this.#keys.buffer), new Uint8Array(this.#values.buffer))
    const packetsOf = new Map([...this.#inodes.keys()].map((cookie) => [cookie, 0]))
    const flows: FlowCount[] = []
    for (let i = 0; i < count; i++) {
      const { cookie, address, port, packets, repeated } = countEntry(this.#keys, this.#values, i)
      packetsOf.set(cookie, (packetsOf.get(cookie) ?? 0) + packets)
      flows.push({
        cookie,
        sourceAddress: this.#textOf(address),
        sourcePort: port,
        packets,
        ...(repeated > 0 && { repeated }),
      })
    }
    let unlisted = 0
    for (const [cookie, packets] of this.#unlistedOf()) {
      packetsOf.set(cookie, (packetsOf.get(cookie) ?? 0) + packets)
      unlisted += packets
    }
    const sockets = [...packetsOf].map(([cookie, packets]) => ({
      cookie,
      inode: this.#inodes.get(cookie)!,
      packets,
    }))
    return { flows, sockets, unlisted }
  }

  *#unlistedOf(): Generator<[cookie: number, packets: number]> {
    const keys = BigUint64Array.from(this.#inodes.keys(), BigInt)
    const values = new BigUint64Array(keys.length)
    const found = this.#unlisted.lookup(keys, values)
    for (const [i, key] of keys.entries()) if (found[i] === 1) yield [Number(key), Number(values[i])]
  }

  /** Many flows come from few addresses, whose text takes longer to make than all else. */
  #textOf(address: Uint8Array): string {
    const key = String.fromCharCode(...address)
    let text = this.#addresses.get(key)
    if (text === undefined) {
      text = addressFrom(address)
      this.#addresses.set(key, text)
    }
    return text
  }

  close(): void {
    this.#scope.close()
  }
}
