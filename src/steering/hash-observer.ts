import { flagOf } from '../plan/parameters/table.js'
import { BpfScope, MAP_HASH, PROGRAM_SK_REUSEPORT, attachProgram, type BpfMap } from './bpf.js'
import { jumpIfNotZero, store32, type Program } from './ebpf.js'
import {
  begin,
  findEntry,
  FLOW_KEY_BYTES,
  loadFlowKey,
  loadHash,
  pass,
  update,
  writeFlowKey,
  type FlowAddress,
} from './reuseport-program.js'

/** On the program's stack. */
const FLOW = -FLOW_KEY_BYTES
const HASH = FLOW - 4

/** Notes the hash of each flow at its first datagram, and selects nothing: the hash decides as if it were not there. */
export const observerProgram = (hashesFd: number): Program => [
  ...begin(),
  ...loadFlowKey(FLOW),
  ...findEntry(hashesFd, FLOW),
  jumpIfNotZero(0, 'pass'),
  ...loadHash(1),
  store32(10, HASH, 1),
  ...update(hashesFd, FLOW, HASH),
  ...pass(),
]

/** Sees the hash that the kernel computes for each flow of a group (needs eBPF). */
export class HashObserver {
  readonly #scope = new BpfScope(flagOf('observeHash'))
  readonly #hashes: BpfMap
  readonly #programFd: number

  /**
   * @param flows that it has room for; further ones are not observed
   * @throws RpbenchError RPB_STEERING where eBPF may not be loaded
   */
  constructor(flows: number) {
    try {
      this.#hashes = this.#scope.createMap({
        type: MAP_HASH,
        keyBytes: FLOW_KEY_BYTES,
        valueBytes: 4,
        entries: flows,
      })
      this.#programFd = this.#scope.load(PROGRAM_SK_REUSEPORT, observerProgram(this.#hashes.fd))
    } catch (error) {
      this.#scope.close()
      throw error
    }
  }

  /** @param fds bound sockets of one group; to be called before the first datagram. Sockets that join are observed too. */
  attach([first]: readonly number[]): void {
    if (first !== undefined) attachProgram(first, this.#programFd)
  }

  /** The hash of each flow in turn, u32; undefined for those that sent nothing. */
  hashesOf(all: Iterable<FlowAddress>): (number | undefined)[] {
    const flows = [...all]
    const keys = new DataView(new ArrayBuffer(flows.length * FLOW_KEY_BYTES))
    flows.forEach((flow, i) => writeFlowKey(keys, i * FLOW_KEY_BYTES, flow))
    const hashes = new Uint32Array(flows.length)
    const found = this.#hashes.lookup(new Uint8Array(keys.buffer), hashes)
    return flows.map((_, i) => (found[i] === 1 ? hashes[i] : undefined))
  }

  close(): void {
    this.#scope.close()
  }
}
