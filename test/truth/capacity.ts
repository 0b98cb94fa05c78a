import { measureCapacityTruth } from '../bench/capacity-truth.js'
import type { Truth } from './truth-table.js'

/** A search takes about 40 s. */
const SEARCHES = 2

/** Whether the bounds of a search for a loss hold the capacity that queueing theory gives for the service time that was seen. */
export async function capacityAgainstTheory(short: boolean): Promise<Truth[]> {
  const truths = await measureCapacityTruth(short ? 1 : SEARCHES)
  return truths.map(({ members, distribution, searches, inside, passed }) => ({
    what: `capacity at a loss below 0.1 %, ${members === 1 ? '1 member' : `${members} members`}, ${distribution} service`,
    n: searches,
    expected: 'between the bounds',
    observed: `between them in ${inside}`,
    agrees: passed,
  }))
}
