import { readFileSync } from 'node:fs'
import type { ThreadTime } from '../recording/thread-time.js'

/**
 * Reads the text of a schedstat file (Documentation/scheduler/sched-stats.rst): time on a CPU, time in a run queue, both
 * in ns, and the number of times it was given a CPU. Undefined for what is no such text.
 */
export function parseSchedstat(text: string): ThreadTime | undefined {
  const [, cpu, delay] = /^(\d+) (\d+) \d+\s*$/.exec(text) ?? []
  return cpu === undefined || delay === undefined
    ? undefined
    : { cpuNs: Number(cpu), runDelayNs: Number(delay) }
}

/** The times of a thread as they stand; undefined where the kernel keeps none (CONFIG_SCHED_INFO) and for one that has ended. */
export function readThreadTime(pid: number, threadId: number): ThreadTime | undefined {
  try {
    return parseSchedstat(readFileSync(`/proc/${pid}/task/${threadId}/schedstat`, 'latin1'))
  } catch {
    return undefined
  }
}

/** What passed between two readings; undefined where either is missing. */
export function threadTimeBetween(
  before: ThreadTime | undefined,
  after: ThreadTime | undefined,
): ThreadTime | undefined {
  return (
    before && after && { cpuNs: after.cpuNs - before.cpuNs, runDelayNs: after.runDelayNs - before.runDelayNs }
  )
}
