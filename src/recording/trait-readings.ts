/** Where something could not be found out: why, as half a sentence. */
export interface Unknown {
  unknown: string
}

/** How a group took the datagrams of flows that were sent to it one after another. */
export interface GroupProbe {
  /** flows whose datagrams arrived, at one socket each of the group: so many at each socket */
  perSocket: number[]
  /** flows whose datagrams came to more than one socket */
  moved: number
  /** flows of which nothing arrived */
  lost: number
}

/** Something that works, or was refused: the name of the error, and what stands behind it as half a sentence. */
export interface Refusal {
  refused?: string
}

export interface BpfReading extends Refusal {
  /** datagrams that came to the socket that the program names, and all that were sent */
  steered?: { right: number; sent: number }
  /** capabilities that this user lacks for it */
  lacking?: string[]
  /** whether a seccomp filter is what refuses it */
  seccomp?: boolean
}

/**
 * What was read or probed of a host, by the id of its trait (docs/doctor.md). A field that is absent was not looked at, or
 * the host does not show it.
 */
export interface TraitReadings {
  reuseport: (GroupProbe | { refused: string }) & { loopbackDown: boolean }
  affinity: GroupProbe
  members: { processes: number; answered: number; asked: number; failure?: string }
  'io-uring': Refusal & {
    /** value of kernel.io_uring_disabled, where it is not 0 */
    disabled?: string
    seccomp?: boolean
    /** whether a client sent and received over one */
    used?: boolean
  }
  'classic-bpf': BpfReading
  'extended-bpf': BpfReading
  'syscall-cost': { callNs: number; mitigations?: string[] }
  clock: { source?: string; available?: string[]; readNs?: number; resolutionNs?: number }
  'timer-slack': { sleepNs: number; medianLateNs: number; worstLateNs: number }
  steal: { share: number }
  throttled: { count: number; ns?: number } | { noQuota: true }
  pauses: { longestNs: number; watchedNs: number }
  'busy-neighbour': { share: number; cpus?: number }
  /** `onlineList` as taskset takes it */
  cpus: { allowed: number; online: number; onlineList?: string }
  'cgroup-cpu': { quotaCpus?: number; group?: string; file?: string; lift?: string; allowed: number }
  governor: { governors: string[] }
  virtual: { machine?: string; container?: string }
  'member-memory': { residentBytes: number; freeBytes: number; bound: string }
  /** `used`: open beside what a run opens */
  'open-files': { limit: number; used?: number }
  processes: { left?: number; tasksPerMember: number; bound?: string; raise?: string }
  'memory-lock': { bytes?: number; free: boolean; charged: boolean }
  'ephemeral-ports': { first: number; last: number; reserved: number }
  'receive-buffer': { mostBytes: number; usualBytes?: number }
  'rps-rfs': { rpsCpus: string; flowEntries?: number }
  conntrack: { loaded: boolean; entries?: number; flows?: number; most?: number }
  ipv6: Refusal & { disabled?: boolean }
  'kernel-defects': { release: string }
}

export type TraitId = keyof TraitReadings

/** What was read of some traits; absent is what was not looked at. */
export type SomeReadings = { [Id in TraitId]?: TraitReadings[Id] | Unknown }
