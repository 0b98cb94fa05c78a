import { formatCount } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { contendersOf, serversOf } from './contenders.js'
import { isOpenLoop, type Observations } from './observations.js'

/** The flag that sets how much is sent, with its value now. */
export function lowerTheLoad({ load }: Observations): string {
  return load.rateHz === undefined
    ? `lower --in-flight (now ${formatCount(load.inFlight)})`
    : `lower --rate (now ${formatCount(load.rateHz)}/s)`
}

/**
 * What to try when the client is the bottleneck: more threads as long as there are CPUs for them, and where there are
 * none, less load or fewer members.
 */
export function relieveClient(observed: Observations): string {
  const { load, cpu, pinned } = observed
  const { workers, members } = load
  const less = lowerTheLoad(observed)
  // Threads added to the same CPUs would only take turns on them.
  if (pinned?.workers)
    return `Give --pin-workers more CPUs that no member uses, with as many --workers (now ${workers}), or ${less}.`
  if (cpu === undefined || cpu.allowedCpus > workers + serversOf(load))
    return `Add --workers (now ${workers}), or ${less}.`
  const cpus = `${contendersOf(load)} share ${plural(cpu.allowedCpus, 'CPU', 'CPUs')}`
  const fewer = members > 1 ? `, lower --procs (now ${members})` : ''
  return `${capital(less)}${fewer}, or allow the run more CPUs: ${cpus}${isOpenLoop(observed) ? ', so more --workers would not help' : ''}.`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
