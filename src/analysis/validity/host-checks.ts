import { DISPATCH } from '../../plan/dispatch.js'
import type { CheckRow } from './check-row.js'
import type { CpuUse, LoadSettings, Observations } from './observations.js'

/**
 * /proc/stat is sampled at the timer tick (CONFIG_TICK_CPU_ACCOUNTING) and counts in 10 ms. Over 1 s of 2 CPUs at
 * 250 Hz a share has a standard deviation of at most 2.2 %, so it says something beside a limit of 10 %.
 */
const LEAST_WALL_NS = 1e9

/** A virtual machine at rest beside quiet neighbours loses some tenths of a percent; 2 % is more than what p99 leaves out. */
export const STEAL = 0.02

/** Daemons and kernel threads take 1 – 3 % of two CPUs; a tenth is a fifth of a CPU there, and no background noise. */
export const NEIGHBOUR = 0.1

/** Was it this host? Checks of what else had its hands on the CPUs. */
export const HOST_CHECKS: readonly CheckRow[] = [
  {
    code: 'throttled',
    severity: 'suspect',
    // Every stop counts: it lasts up to a whole quota period (100 ms by default) and stops client and members alike.
    measure: ({ throttled }) => throttled && { measured: throttled.count, limit: 0 },
  },
  {
    code: 'steal',
    severity: 'suspect',
    measure: ({ cpu }) =>
      longEnough(cpu) ? { measured: cpu.stealNs / cpu.totalNs, limit: STEAL } : undefined,
  },
  {
    code: 'busy-neighbour',
    // What a server that is not ours takes would count as a neighbour's.
    appliesTo: { members: 'known' },
    severity: 'suspect',
    measure: ({ cpu }) =>
      longEnough(cpu) ? { measured: othersNs(cpu) / cpu.totalNs, limit: NEIGHBOUR } : undefined,
  },
  {
    code: 'shared-cores',
    // Where there is only one, the others wait while one works.
    severity: (observed, { limit }) => {
      const onlyOne = sharedByPinning(observed) ? pinnedToOne(observed) : limit === 1
      return onlyOne ? 'suspect' : 'note'
    },
    measure: (observed) => {
      const { cpu } = observed
      const both = sharedByPinning(observed)
      if (both) return { measured: both.length, limit: 0 }
      return cpu && cpu.allowedCpus > 0
        ? { measured: cpusWanted(observed), limit: cpu.allowedCpus }
        : undefined
    },
  },
]

/** What serves: the members, and the front where there is one. */
export function serversOf({ members, dispatch = 'reuseport' }: LoadSettings): number {
  return DISPATCH[dispatch].front ? members + 1 : members
}

/** CPUs to which both a client thread and a member are pinned; undefined unless both sides are pinned. */
export function sharedByPinning({ pinned }: Observations): number[] | undefined {
  const { members, workers } = pinned ?? {}
  return members && workers && [...new Set(workers)].filter((cpu) => members.includes(cpu))
}

/** Whether all that is pinned is pinned to the same CPU. */
export function pinnedToOne({ pinned }: Observations): boolean {
  return new Set([...(pinned?.members ?? []), ...(pinned?.workers ?? [])]).size === 1
}

/** CPUs that it takes for client and members to be apart: one for each that may run on any, and those pinned to. */
function cpusWanted({ pinned, load }: Observations): number {
  const { members, workers } = pinned ?? {}
  return (
    (workers ? new Set(workers).size : load.workers) + (members ? new Set(members).size : serversOf(load))
  )
}

function longEnough(cpu: CpuUse | undefined): cpu is CpuUse {
  return cpu !== undefined && cpu.allowedCpus > 0 && cpu.totalNs >= LEAST_WALL_NS * cpu.allowedCpus
}

/**
 * CPU time of everything that is neither our client nor our members. The question is who pays for soft
 * interrupts, a fifth of the time in a run over loopback. Kernels built with IRQ_TIME_ACCOUNTING keep them out of
 * every task's time, ours included; all others book them to the task they stop, and nearly all of them stop ours.
 * Unless the kernel is known to be of the second kind, interrupts count as ours, which accuses nobody wrongly.
 */
export function othersNs({ busyNs, interruptNs, ownNs, interruptsInOwn }: CpuUse): number {
  return Math.max(0, busyNs - ownNs - (interruptsInOwn === true ? 0 : interruptNs))
}
