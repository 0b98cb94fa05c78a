import type { MemberGeneration } from '../kernel/group-array.js'
import { addon, addonPath, checked } from '../native.js'
import type { ServiceKind } from '../plan/run-plan.js'
import { BLOCK_BYTES } from './counters.js'
import type { MemberTask } from './member.cjs'

/** Work that members do for each request. */
export interface GroupService {
  kind: ServiceKind
  /** mean per member index, ns; 0: it echoes at once; a member beyond the list works like the first */
  meanNs: readonly number[]
  /** service times of mean 1, used in turn */
  times: Float64Array
}

/** SERVICE_NONE, _CPU and _SLEEP in native/src/member.h. */
const SERVICE_NONE = 0
const SERVICE_KIND = { cpu: 1, sleep: 2 } as const

interface TaskInput extends MemberGeneration {
  seat: number
  socketFd: number
  runId: bigint
  epochNs: bigint
  payloadBytes: number
  cpu: number | undefined
}

/** The memory that a group shares with its members: a block of counters per seat, then the table of service times. */
export class GroupMemory {
  readonly #addonFile = addonPath()

  private constructor(
    readonly fd: number,
    readonly bytes: number,
    readonly tableOffset: number,
    readonly service: GroupService | undefined,
  ) {}

  static create(seats: number, service: GroupService | undefined): GroupMemory {
    const tableOffset = BLOCK_BYTES * seats
    const bytes = tableOffset + (service?.times.byteLength ?? 0)
    return new GroupMemory(checked(addon.memoryFile(bytes), 'memfd_create'), bytes, tableOffset, service)
  }

  /** Maps it into this process. It stays mapped when the descriptor is closed. */
  map(): ArrayBuffer {
    const memory = checked<ArrayBuffer>(addon.mapMemory(this.fd, this.bytes), 'mmap')
    if (this.service) new Float64Array(memory, this.tableOffset).set(this.service.times)
    return memory
  }

  /** What the member in a seat is told. */
  task({ seat, socketFd, member, generation, runId, epochNs, payloadBytes, cpu }: TaskInput): MemberTask {
    const meanNs = this.service?.meanNs[member] ?? this.service?.meanNs[0] ?? 0
    return {
      addon: this.#addonFile,
      socketFd,
      memoryFd: this.fd,
      memoryBytes: this.bytes,
      blockOffset: BLOCK_BYTES * seat,
      index: member,
      generation,
      runId: String(runId),
      epochNs: String(epochNs),
      payloadBytes,
      ...(cpu !== undefined && { cpu }),
      service: {
        kind: this.service && meanNs > 0 ? SERVICE_KIND[this.service.kind] : SERVICE_NONE,
        meanNs,
        tableOffset: this.tableOffset,
        tableLength: this.service?.times.length ?? 0,
      },
    }
  }

  close(): void {
    addon.close(this.fd)
  }
}
