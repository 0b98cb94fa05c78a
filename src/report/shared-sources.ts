import { flagOf } from '../plan/parameters/table.js'
import { formatCount } from '../units/format.js'

/** Why repetitions are no draws of their own, and what to do. */
export function sharedSources(independent: number): string {
  return `only ${formatCount(independent)} of them have sources of their own: the same source at the same ${flagOf('port')} is the same draw; leave that out, widen ${flagOf('sourcePorts')}, or add ${flagOf('sourceAddresses')}`
}
