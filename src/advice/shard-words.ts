import { flagOf } from '../plan/parameters/table.js'
import { formatDuration } from '../units/format.js'
import type { Words } from './words.js'

/** Of parts of a plan that did not measure at the same time. */
export function apartInWords(count: number, commonNs: number, longestNs: number): Words {
  return {
    message: `The shards did not measure at the same time: of ${formatDuration(longestNs)}, all ${count} did for ${formatDuration(commonNs)}. Rates are sums of what each reached, and were never there at once.`,
    nextStep: `Start all at the same moment with ${flagOf('startAt')}, and let the clocks of the hosts be set (NTP).`,
  }
}
