import type { Life } from '../kernel/group-array.js'
import { addon, addonPath, checked } from '../native.js'
import type { ServiceKind } from '../plan/service-times.js'
import { BLOCK_BYTES } from './counters.js'
import type { FrontTask } from './front.cjs'
import type { MemberTask } from './member.cjs'
import type { ServerTask } from './serve.cjs'

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

interface ServerInput {
  /** its block of counters */
  block: number
  payloadBytes: number
  cpu: number | undefined
}

interface MemberInput extends ServerInput, Life {
  protocol?: 'udp' | 'tcp'
  fds: MemberTask['fds']
  epochNs: bigint
}

/** The memory that a group shares with its members: blocks of counters, one a life and one for a front, then the table of service times. */
export class GroupMemory {
  readonly #addonFile = addonPath()

  private constructor(
    readonly fd: number,
    readonly blocks: number,
    readonly bytes: number,
    readonly tableOffset: number,
    readonly service: GroupService | undefined,
  ) {}

  static create(blocks: number, service: GroupService | undefined): GroupMemory {
    const tableOffset = BLOCK_BYTES * blocks
    const bytes = tableOffset + (service?.times.byteLength ?? 0)
    return new GroupMemory(
      checked(addon.memoryFile(bytes), 'memfd_create'),
      blocks,
      bytes,
      tableOffset,
      service,
    )
  }

  /** Maps it into this process. It stays mapped when the descriptor is closed. */
  map(): ArrayBuffer {
    const memory = checked<ArrayBuffer>(addon.mapMemory(this.fd, this.bytes), 'mmap')
    if (this.service) new Float64Array(memory, this.tableOffset).set(this.service.times)
    return memory
  }

  #serverTask({ block, payloadBytes, cpu }: ServerInput): Omit<ServerTask, 'fds'> {
    return {
      addon: this.#addonFile,
      memoryFd: this.fd,
      memoryBytes: this.bytes,
      blockOffset: BLOCK_BYTES * block,
      payloadBytes,
      ...(cpu !== undefined && { cpu }),
    }
  }

  /** What the member in a life is told. */
  memberTask(input: MemberInput): MemberTask {
    const { fds, member, generation, epochNs, protocol = 'udp' } = input
    const meanNs = this.service?.meanNs[member] ?? this.service?.meanNs[0] ?? 0
    return {
      ...this.#serverTask(input),
      fds,
      index: member,
      generation,
      epochNs: String(epochNs),
      protocol,
      service: {
        kind: this.service && meanNs > 0 ? SERVICE_KIND[this.service.kind] : SERVICE_NONE,
        meanNs,
        tableOffset: this.tableOffset,
        tableLength: this.service?.times.length ?? 0,
      },
    }
  }

  /** What a front is told. */
  frontTask(input: ServerInput & { fds: FrontTask['fds'] }): FrontTask {
    return { ...this.#serverTask(input), fds: input.fds }
  }

  close(): void {
    addon.close(this.fd)
  }
}
