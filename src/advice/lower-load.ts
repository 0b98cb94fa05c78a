import { flagOf } from '../plan/parameters/table.js'
import { isOpenLoop } from '../analysis/validity/check-row.js'
import { serversOf } from '../analysis/validity/host-checks.js'
import type { Observations } from '../analysis/validity/observations.js'
import { formatCount } from '../units/format.js'
import { plural } from '../units/plural.js'
import { whoWantsACpu } from './who-wants-a-cpu.js'

/** The flag that sets how much is sent, with its value now. */
export function lowerTheLoad({ load }: Observations): string {
  return load.rateHz === undefined
    ? `lower ${flagOf('inFlight')} (now ${formatCount(load.inFlight)})`
    : `lower ${flagOf('rateHz')} (now ${formatCount(load.rateHz)}/s)`
}

/**
 * What to try when the client is the bottleneck: more threads as long as there are CPUs for them, and where there are
 * none, less load or fewer members.
 */
export function spareTheClient(observed: Observations): string {
  const { load, cpu, pinned } = observed
  const { workers, members } = load
  const less = lowerTheLoad(observed)
  // Threads added to the same CPUs would only take turns on them.
  if (pinned?.workers)
    return `Give ${flagOf('pinWorkers')} more CPUs that no member uses, with as many ${flagOf('workers')} (now ${workers}), or ${less}.`
  if (cpu === undefined || cpu.allowedCpus > workers + serversOf(load))
    return `Add ${flagOf('workers')} (now ${workers}), or ${less}.`
  const cpus = `${whoWantsACpu(load)} share ${plural(cpu.allowedCpus, 'CPU', 'CPUs')}`
  const fewer = members > 1 ? `, lower ${flagOf('procs')} (now ${members})` : ''
  return `${capital(less)}${fewer}, or allow the run more CPUs: ${cpus}${isOpenLoop(observed) ? `, so more ${flagOf('workers')} would not help` : ''}.`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
