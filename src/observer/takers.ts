import { readlinkSync } from 'node:fs'
import { addon, checked } from '../native.js'
import type { ProgramCost, Taker } from '../recording/observation.js'
import { BpfScope, MAP_HASH, type BpfMap } from '../steering/bpf.js'
import { CostMeter } from './cost.js'
import { kernelTypes, LICENSE, PROGRAM_TRACING } from './kernel-types.js'
import { TAKER_KEY_BYTES, TAKER_VALUE_BYTES, takerCounter, takerEntry } from './taker-program.js'

/** Threads that there is room for, each at each socket that it takes from; 2 MB of the kernel's memory. */
const MOST_TAKERS = 2 ** 14
/** The kernel's number of its first namespace of processes (include/linux/proc_ns.h). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]'

/** Which group's takers are to be seen. */
interface TakersRequest {
  protocol: 'udp' | 'tcp'
  port: number
  /** a process in the network namespace of the group, where that is not this one's */
  pid?: number
}

/** Whether the kernel's numbers of threads are those that this process knows them by. */
export const knowsThreads = (): boolean => readlinkSync('/proc/self/ns/pid') === FIRST_PID_NAMESPACE

/** Sees which threads take from the sockets of a group: by a program that ends with this process at the latest, for nothing but it holds it. */
export class Takers {
  readonly #scope = new BpfScope('seeing who takes')
  readonly #map: BpfMap
  readonly #link: number
  readonly #meter: CostMeter
  readonly #keys = Buffer.alloc(MOST_TAKERS * TAKER_KEY_BYTES)
  readonly #values = Buffer.alloc(MOST_TAKERS * TAKER_VALUE_BYTES)

  /**
   * @throws RpbenchError RPB_STEERING or SystemError where this user may not, or this kernel takes no such program; RangeError where its
   * BTF lacks what it needs, and Node's error where there is none
   */
  constructor({ protocol, port, pid }: TakersRequest) {
    const layout = kernelTypes().takers[protocol]
    if (layout instanceof RangeError) throw layout
    const [number] = /\d+/.exec(readlinkSync(`/proc/${pid ?? 'self'}/ns/net`))!
    const { attachType, btfId } = layout.place
    try {
      this.#map = this.#scope.createMap({
        type: MAP_HASH,
        keyBytes: TAKER_KEY_BYTES,
        valueBytes: TAKER_VALUE_BYTES,
        entries: MOST_TAKERS,
      })
      const program = takerCounter({ protocol, port, namespace: Number(number) }, layout, this.#map.fd)
      const options = { license: LICENSE, name: 'rpbench_takers', attachType, btfId }
      const fd = this.#scope.load(PROGRAM_TRACING, program, options)
      this.#link = checked(addon.bpfTrace(fd), 'bpf BPF_RAW_TRACEPOINT_OPEN')
      this.#meter = new CostMeter(fd)
    } catch (error) {
      this.#scope.close()
      throw error
    }
  }

  /** Who took so far, each thread once for each socket. @throws SystemError where it cannot be read */
  read(): Taker[] {
    this.#meter.look()
    const count = this.#map.readAll(this.#keys, this.#values)
    return Array.from({ length: count }, (_, i) => takerEntry(this.#keys, this.#values, i))
  }

  /** Takes it off. @returns what it cost */
  close(): ProgramCost | undefined {
    const cost = this.#meter.close()
    addon.close(this.#link)
    this.#scope.close()
    return cost
  }
}
