import { compareWithQueueingTheory } from '../bench/queueing.js'
import type { Truth } from './truth-table.js'

/** At 0.3 a request hardly ever waits for another: the bench has it, and it shows least for its time. */
const UTILISATIONS = [0.5, 0.7]

/** Service times of one member as asked, and waits under Poisson arrivals against M/D/1 and M/M/1. */
export async function waitsAgainstTheory(short: boolean): Promise<Truth[]> {
  const { waits } = await compareWithQueueingTheory(
    short ? { seconds: 4, utilisations: [0.5] } : { utilisations: UTILISATIONS },
  )
  return waits.flatMap((wait) => {
    const { name, utilisation, count: n } = wait
    return [
      {
        what: `mean service, ${name}, ρ ${utilisation.toFixed(2)}`,
        n,
        expected: within(wait.askedNs, wait.serviceAllowed),
        observed: microseconds(wait.serviceNs),
        agrees: wait.serviceAgrees,
      },
      {
        what: `mean wait, ${name}, ρ ${utilisation.toFixed(2)}`,
        n,
        expected: within(wait.modelNs, wait.allowed),
        observed: microseconds(wait.waitNs),
        agrees: wait.agrees,
      },
    ]
  })
}

const microseconds = (ns: number): string => `${(ns / 1e3).toFixed(0)} µs`
const within = (ns: number, share: number): string => `${microseconds(ns)} ± ${(100 * share).toFixed(0)} %`
