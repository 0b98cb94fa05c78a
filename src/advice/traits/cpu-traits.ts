import { flagOf } from '../../plan/parameters/table.js'
import { NEIGHBOUR, STEAL } from '../../analysis/validity/host-checks.js'
import { formatCount, formatDuration, formatPercent } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { advised, ok, unknown, warn, written, type Cure, type TraitRows } from './row.js'

const OTHER_MACHINE = advised('Run on a machine with CPUs of its own, or at another time.')

const RAISE_QUOTA = advised('Raise the quota (row cgroup-cpu), or use fewer CPUs than it gives.')
const LEAVE_SANDBOX = advised('Measure outside of the sandbox: what it answers is not what Linux does.')

const TOP: Cure = {
  command: 'top -b -n 1 | head -20',
  does: 'shows who they are: stop them, or keep clear of them with taskset -c',
  root: false,
}

const ALLOW_CPUS = (online: string): Cure => ({
  command: `taskset -pc ${online} $$`,
  does: 'allows all CPUs, as far as the CPU set of the container does',
  root: false,
  lasts: 'for this shell',
})

const LIFT_QUOTA = (value: string, file: string): Cure =>
  written(
    value,
    file,
    'lifts the quota; of a container or service, raise it where it is made',
    'as long as the group',
  )

const PERFORMANCE: Cure = {
  command: 'echo performance | tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor',
  does: 'holds the CPUs at their full speed',
  root: true,
  lasts: 'until reboot',
}

/** Who has the CPUs, and for how long. */
export const CPU_TRAITS: TraitRows<
  'cpus' | 'cgroup-cpu' | 'throttled' | 'steal' | 'busy-neighbour' | 'governor' | 'virtual'
> = {
  cpus: {
    what: 'counts the CPUs that this process may run on',
    expected: '2 at least; one for each member and each client thread is best',
    means: 'latencies: client and members that share a CPU take turns (shared-cores)',
    judged: true,
    cures: [ALLOW_CPUS('0-7')],
    judge: ({ allowed, online, onlineList }) => {
      const observed = `${formatCount(allowed)} of ${plural(online, 'CPU', 'CPUs')}`
      if (allowed >= 2) return ok(observed)
      return warn(
        observed,
        ...(online > allowed && onlineList !== undefined
          ? [ALLOW_CPUS(onlineList)]
          : [advised('Give this machine, or this container, a second CPU.')]),
      )
    },
  },
  'cgroup-cpu': {
    what: 'reads the CPU quota of the control groups that this process is in',
    expected: 'none, or one of all CPUs',
    means: 'latencies: when it is used up, client and members stop until the next period (throttled)',
    cures: [LIFT_QUOTA('max', '/sys/fs/cgroup/GROUP/cpu.max')],
    judge: ({ quotaCpus, group, file, lift, allowed }) => {
      if (quotaCpus === undefined) return ok('no quota')
      const observed = `${Number(quotaCpus.toFixed(2))} of ${plural(allowed, 'CPU', 'CPUs')}, in the control group ${group}`
      return quotaCpus >= allowed
        ? ok(observed)
        : warn(observed, ...(file !== undefined && lift !== undefined ? [LIFT_QUOTA(lift, file)] : []))
    },
  },
  throttled: {
    what: 'computes for a second, and reads from cpu.stat how often a quota stopped it',
    expected: 'never',
    means: 'latencies: each stop lasts up to a period of the quota, 100 ms by default',
    judged: true,
    cures: [RAISE_QUOTA],
    judge: (reading) => {
      if ('noQuota' in reading) return ok('nothing can throttle it: no quota')
      const { count, ns } = reading
      if (count === 0) return ok('never')
      const lasted = ns === undefined ? '' : `, for ${formatDuration(ns)} in all`
      return warn(`${plural(count, 'time', 'times')}${lasted}`, RAISE_QUOTA)
    },
  },
  steal: {
    what: 'computes for a second, and reads how much of the CPU time that was wanted the hypervisor withheld',
    expected: `${formatPercent(STEAL, 0)} at most`,
    means: 'latencies, and every rate',
    judged: true,
    cures: [OTHER_MACHINE],
    judge: ({ share }) =>
      share <= STEAL ? ok(formatPercent(share)) : warn(formatPercent(share), OTHER_MACHINE),
  },
  'busy-neighbour': {
    what: 'reads for the same second what other processes used of the CPUs that this one may use',
    expected: `${formatPercent(NEIGHBOUR, 0)} at most`,
    means: 'latencies, and every rate',
    judged: true,
    cures: [TOP],
    judge: ({ share, cpus }) => {
      const of = cpus === undefined ? 'the CPUs' : plural(cpus, 'CPU', 'CPUs')
      const observed = `${formatPercent(share, 0)} of ${of}`
      return share <= NEIGHBOUR ? ok(observed) : warn(observed, TOP)
    },
  },
  governor: {
    what: 'reads how the speed of the CPUs is set',
    expected: 'performance',
    means: 'latencies under little load: a CPU that slows down when it is idle answers late',
    cures: [PERFORMANCE],
    judge: ({ governors }) => {
      if (governors.length === 0)
        return unknown('this host does not show it, as most virtual machines do not')
      const observed = governors.join(', ')
      return observed === 'performance' ? ok(observed) : warn(observed, PERFORMANCE)
    },
  },
  virtual: {
    what: 'looks for signs of a virtual machine, a container or a sandbox',
    expected: 'Linux itself; a virtual machine or container does where the other rows are ok',
    means: `whether somebody else may have the CPUs (steal, throttled), and whether ${flagOf('pinMembers')} names real ones`,
    cures: [LEAVE_SANDBOX],
    judge: ({ machine, container }) => {
      const seen = [
        machine !== undefined && `virtual machine (${machine})`,
        container !== undefined && `container (${container})`,
      ].filter((part) => part !== false)
      if (container === 'gVisor') return warn(seen.join(', '), LEAVE_SANDBOX)
      return ok(seen.length === 0 ? 'no sign of either' : seen.join(', '))
    },
  },
}
