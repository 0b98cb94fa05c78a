import { flagOf } from '../plan/parameters/table.js'
import { pinnedToOne, serversOf, sharedByPinning } from '../analysis/validity/host-checks.js'
import type { Observations } from '../analysis/validity/observations.js'
import { nameCpus } from '../plan/cpu-list.js'
import { formatDuration, formatPercent } from '../units/format.js'
import { plural } from '../units/plural.js'
import { whoWantsACpu } from './who-wants-a-cpu.js'
import type { Words, WordsOf } from './words.js'

const APART = `Give ${flagOf('pinMembers')} and ${flagOf('pinWorkers')} CPUs apart from each other`
const TAKE_TURNS = 'while one works, the others wait, and latencies are those of the scheduler.'

/** What else had its hands on the CPUs. */
export const HOST_WORDS: WordsOf<'throttled' | 'steal' | 'busy-neighbour' | 'shared-cores'> = {
  throttled: ({ throttled }, { measured }) => ({
    message: `This cgroup used up its CPU quota in ${plural(measured, 'period', 'periods')} and was stopped for ${formatDuration(throttled?.ns ?? 0)}, summed over CPUs: latencies hold that wait.`,
    nextStep: 'Raise the CPU limit of the container or service (cpu.max), or lower the load.',
  }),
  steal: (_observed, { measured }) => ({
    message: `The hypervisor withheld ${formatPercent(measured)} of the CPU time (steal): latencies hold that wait.`,
    nextStep: 'Run on a machine with CPUs of its own, or at another time.',
  }),
  'busy-neighbour': ({ cpu }, { measured }) => ({
    message: `Other processes used ${formatPercent(measured, 0)} of the ${plural(cpu?.allowedCpus ?? 0, 'CPU', 'CPUs')} this run may use.`,
    nextStep: 'Stop them (see top), or give the run CPUs that they do not use: taskset -c.',
  }),
  'shared-cores': (observed, { limit }) => {
    const both = sharedByPinning(observed)
    return both ? pinnedAlike(both, observed) : crowded(observed, limit)
  },
}

function pinnedAlike(cpus: number[], observed: Observations): Words {
  const cost = pinnedToOne(observed) ? TAKE_TURNS : 'they take time from each other.'
  return {
    message: `Client threads and members are both pinned to ${nameCpus(cpus)}: ${cost}`,
    nextStep: observed.cpu?.allowedCpus === 1 ? `${APART}, and allow the run at least two.` : `${APART}.`,
  }
}

function crowded({ load, pinned }: Observations, cpus: number): Words {
  const who = `${whoWantsACpu(load)} share`
  if (cpus === 1)
    return {
      message: `${who} one CPU: ${TAKE_TURNS}`,
      nextStep: 'Allow the run at least two CPUs (taskset, or the CPU set of the container).',
    }
  const { members: memberCpus, workers: workerCpus } = pinned ?? {}
  if (memberCpus ?? workerCpus)
    return {
      message: `${who} ${cpus} CPUs, and only ${memberCpus ? `members are pinned (${nameCpus([...new Set(memberCpus)])})` : `client threads are pinned (${nameCpus([...new Set(workerCpus)])})`}: they may take time from each other.`,
      nextStep: `${APART}.`,
    }
  const spare = cpus - load.workers - (serversOf(load) - load.members)
  return {
    message: `${who} ${cpus} CPUs: they take time from each other.`,
    nextStep: `${spare > 0 ? `For latencies free of that, ${flagOf('procs')} ${spare}, or allow` : 'Allow'} the run more CPUs.`,
  }
}
