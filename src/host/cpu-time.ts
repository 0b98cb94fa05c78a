import { readFileSync } from 'node:fs'

/** Time that some CPUs spent, summed over them, since boot or between two readings. */
export interface CpuTimes {
  cpus: number
  /** running anything, interrupts included, ns */
  busyNs: number
  /** of that, in hard and soft interrupts; loopback traffic arrives in soft interrupts */
  interruptNs: number
  /** taken by the hypervisor while there was something to run */
  stealNs: number
  /** busy, stolen, idle or waiting for a disk */
  totalNs: number
}

/** /proc/stat counts in 1/USER_HZ s, and USER_HZ is 100 on every architecture Linux runs Node on (proc(5)). */
const TICK_NS = 1e9 / 100

/** Expands a list such as `0-3,8`, the form of Cpus_allowed_list. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    })
}

/** Which CPUs a process may run on, out of the text of its /proc/PID/status. */
export function parseCpusAllowed(status: string): number[] {
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '')
}

/**
 * Adds up the lines of `cpus` in the text of /proc/stat; undefined when one of them is not there, as where a
 * container shows numbers of its own.
 */
export function parseCpuTimes(stat: string, cpus: readonly number[]): CpuTimes | undefined {
  const sum: CpuTimes = { cpus: cpus.length, busyNs: 0, interruptNs: 0, stealNs: 0, totalNs: 0 }
  for (const cpu of cpus) {
    const line = new RegExp(`^cpu${cpu} (.*)$`, 'm').exec(stat)?.[1]
    if (line === undefined) return undefined
    // guest and guest_nice follow, but user and nice already hold them
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
      .trim()
      .split(/\s+/)
      .map((ticks) => Number(ticks) * TICK_NS)
    const busy = user + nice + system + irq + softirq
    sum.busyNs += busy
    sum.interruptNs += irq + softirq
    sum.stealNs += steal
    sum.totalNs += busy + idle + iowait + steal
  }
  return sum
}

/** What passed between two readings of the same CPUs. idle and iowait are known to step back (proc(5)): never below 0. */
export function cpuTimesBetween(before: CpuTimes, after: CpuTimes): CpuTimes {
  return {
    cpus: after.cpus,
    busyNs: Math.max(0, after.busyNs - before.busyNs),
    interruptNs: Math.max(0, after.interruptNs - before.interruptNs),
    stealNs: Math.max(0, after.stealNs - before.stealNs),
    totalNs: Math.max(0, after.totalNs - before.totalNs),
  }
}

/** The CPUs that a process, by default this one, may run on; none where it cannot be read. */
export function cpusAllowed(pid: number | 'self' = 'self'): number[] {
  try {
    return parseCpusAllowed(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return []
  }
}

/** Reads the times of `cpus` as they stand now; undefined where the host does not show them. */
export function readCpuTimes(cpus: readonly number[]): CpuTimes | undefined {
  try {
    return parseCpuTimes(readFileSync('/proc/stat', 'latin1'), cpus)
  } catch {
    return undefined
  }
}
