import { median } from '../../stats/median.js'

/** What a member counted of its time over the measured phase; absent where the host does not tell. */
export interface MemberTime {
  /** requests that it took */
  taken: number
  /** wall time between reading requests and echoing them */
  servedNs: number
  cpuNs?: number
  /** time that its thread was runnable and did not run */
  runDelayNs?: number
}

/** Time per request, ns: the work for it, and the wait for a CPU that comes on top of it. */
export interface RequestTime {
  workNs: number
  waitNs: number
}

/**
 * Parts the time that a member spends on a request into its own work and the wait for a CPU. The work is CPU time, or, for
 * a member that waits for something else within a request (a disk, a sleep), the wall time of a request less the wait:
 * whichever is more. Wall time alone would not do, since a member that is kept from its CPU is slow by the clock too.
 * @returns undefined without the run delay, for then the two cannot be told apart, and for a member that took nothing
 */
export function requestTimeOf({ taken, servedNs, cpuNs, runDelayNs }: MemberTime): RequestTime | undefined {
  if (taken === 0 || cpuNs === undefined || runDelayNs === undefined) return undefined
  const waitNs = runDelayNs / taken
  const workNs = Math.max(cpuNs / taken, servedNs / taken - waitNs)
  return workNs > 0 ? { workNs, waitNs } : undefined
}

/** By how much the wait for a CPU stretches the work for a request: 1 without any. */
export function stretchOf({ workNs, waitNs }: RequestTime): number {
  return (workNs + waitNs) / workNs
}

export interface Slowness {
  workNs: number
  othersWorkNs: number
  workRatio: number
  stretch: number
  othersStretch: number
  stretchRatio: number
}

/**
 * Compares members that deliver less (`low`) with the others. Time per request = work × stretch, so the ratio of their
 * times is the product of the two ratios: of work, and of stretch. Medians, so that one member does not speak for all.
 * @returns undefined when the times of either side are not known
 */
export function compareTimes(
  low: readonly RequestTime[],
  others: readonly RequestTime[],
): Slowness | undefined {
  if (low.length === 0 || others.length === 0) return undefined
  const work = (times: readonly RequestTime[]): number => median(times.map(({ workNs }) => workNs))
  const stretch = (times: readonly RequestTime[]): number => median(times.map(stretchOf))
  const [workNs, othersWorkNs] = [work(low), work(others)]
  const [ownStretch, othersStretch] = [stretch(low), stretch(others)]
  return {
    workNs,
    othersWorkNs,
    workRatio: workNs / othersWorkNs,
    stretch: ownStretch,
    othersStretch,
    stretchRatio: ownStretch / othersStretch,
  }
}
