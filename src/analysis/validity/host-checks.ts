import { formatDuration, formatPercent } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { contendersOf, serversOf } from './contenders.js'
import { nameCpus } from '../../plan/cpu-list.js'
import type { CheckRow, CpuUse, Observations } from './observations.js'

/**
 * /proc/stat is sampled at the timer tick (CONFIG_TICK_CPU_ACCOUNTING) and counts in 10 ms. Over 1 s of 2 CPUs at
 * 250 Hz a share has a standard deviation of at most 2.2 %, so it says something beside a limit of 10 %.
 */
const LEAST_WALL_NS = 1e9

/** A virtual machine at rest beside quiet neighbours loses some tenths of a percent; 2 % is more than what p99 leaves out. */
const STEAL = 0.02

/** Daemons and kernel threads take 1 – 3 % of two CPUs; a tenth is a fifth of a CPU there, and no background noise. */
const NEIGHBOUR = 0.1

/** Was it this host? Checks of what else had its hands on the CPUs. */
export const HOST_CHECKS: readonly CheckRow[] = [
  {
    code: 'throttled',
    // Every stop counts: it lasts up to a whole quota period (100 ms by default) and stops client and members alike.
    measure: ({ throttled }) => throttled && { measured: throttled.count, limit: 0 },
    explain: ({ throttled }, count) => ({
      severity: 'suspect',
      message: `This cgroup used up its CPU quota in ${plural(count, 'period', 'periods')} and was stopped for ${formatDuration(throttled?.ns ?? 0)}, summed over CPUs: latencies hold that wait.`,
      nextStep: 'Raise the CPU limit of the container or service (cpu.max), or lower the load.',
    }),
  },
  {
    code: 'steal',
    measure: ({ cpu }) =>
      longEnough(cpu) ? { measured: cpu.stealNs / cpu.totalNs, limit: STEAL } : undefined,
    explain: (_observed, share) => ({
      severity: 'suspect',
      message: `The hypervisor withheld ${formatPercent(share)} of the CPU time (steal): latencies hold that wait.`,
      nextStep: 'Run on a machine with CPUs of its own, or at another time.',
    }),
  },
  {
    code: 'busy-neighbour',
    measure: ({ cpu }) =>
      longEnough(cpu) ? { measured: othersNs(cpu) / cpu.totalNs, limit: NEIGHBOUR } : undefined,
    explain: ({ cpu }, share) => ({
      severity: 'suspect',
      message: `Other processes used ${formatPercent(share, 0)} of the ${plural(cpu?.allowedCpus ?? 0, 'CPU', 'CPUs')} this run may use.`,
      nextStep: 'Stop them (see top), or give the run CPUs that they do not use: taskset -c.',
    }),
  },
  {
    code: 'shared-cores',
    measure: (observed) => {
      const { cpu } = observed
      const both = sharedByPinning(observed)
      if (both) return { measured: both.length, limit: 0 }
      return cpu && cpu.allowedCpus > 0
        ? { measured: cpusWanted(observed), limit: cpu.allowedCpus }
        : undefined
    },
    explain: (observed, _measured, cpus) => {
      const both = sharedByPinning(observed)
      if (both) return explainPinned(both, observed)
      const { load } = observed
      const who = `${contendersOf(load)} share`
      if (cpus === 1)
        return {
          severity: 'suspect',
          message: `${who} one CPU: while one works, the others wait, and latencies are those of the scheduler.`,
          nextStep: 'Allow the run at least two CPUs (taskset, or the CPU set of the container).',
        }
      const { members: memberCpus, workers: workerCpus } = observed.pinned ?? {}
      if (memberCpus ?? workerCpus)
        return {
          severity: 'note',
          message: `${who} ${cpus} CPUs, and only ${memberCpus ? `members are pinned (${nameCpus([...new Set(memberCpus)])})` : `client threads are pinned (${nameCpus([...new Set(workerCpus)])})`}: they may take time from each other.`,
          nextStep: `${APART}.`,
        }
      const spare = cpus - load.workers - (serversOf(load) - load.members)
      return {
        severity: 'note',
        message: `${who} ${cpus} CPUs: they take time from each other.`,
        nextStep: `${spare > 0 ? `For latencies free of that, --procs ${spare}, or allow` : 'Allow'} the run more CPUs.`,
      }
    },
  },
]

const APART = 'Give --pin-members and --pin-workers CPUs apart from each other'

/** CPUs to which both a client thread and a member are pinned; undefined unless both sides are pinned. */
function sharedByPinning({ pinned }: Observations): number[] | undefined {
  const { members, workers } = pinned ?? {}
  return members && workers && [...new Set(workers)].filter((cpu) => members.includes(cpu))
}

/** CPUs that it takes for client and members to be apart: one for each that may run on any, and those pinned to. */
function cpusWanted({ pinned, load }: Observations): number {
  const { members, workers } = pinned ?? {}
  return (
    (workers ? new Set(workers).size : load.workers) + (members ? new Set(members).size : serversOf(load))
  )
}

function explainPinned(cpus: number[], { pinned, cpu }: Observations): ReturnType<CheckRow['explain']> {
  const onlyOne = new Set([...(pinned?.members ?? []), ...(pinned?.workers ?? [])]).size === 1
  const cost = onlyOne
    ? 'while one works, the others wait, and latencies are those of the scheduler.'
    : 'they take time from each other.'
  return {
    severity: onlyOne ? 'suspect' : 'note',
    message: `Client threads and members are both pinned to ${nameCpus(cpus)}: ${cost}`,
    nextStep: cpu?.allowedCpus === 1 ? `${APART}, and allow the run at least two.` : `${APART}.`,
  }
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
function othersNs({ busyNs, interruptNs, ownNs, interruptsInOwn }: CpuUse): number {
  return Math.max(0, busyNs - ownNs - (interruptsInOwn === true ? 0 : interruptNs))
}
