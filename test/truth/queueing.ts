import { compareWithQueueingTheory, MOST_SET_UP_NS, type Wait } from '../bench/queueing.js'
import type { Truth } from './truth-table.js'

/** At 0.3 a request hardly ever waits for another: the bench has it, and it shows least for its time. */
const UTILISATIONS = [0.5, 0.7]

/** Service times of one member as asked, and waits under Poisson arrivals against M/D/1 and M/M/1. */
export async function waitsAgainstTheory(short: boolean): Promise<Truth[]> {
  const { setUpNs, setUpCount, waits } = await compareWithQueueingTheory(
    short ? { seconds: 4, utilisations: [0.5] } : { utilisations: UTILISATIONS },
  )
  return [wakingUp(setUpNs, setUpCount), ...waits.flatMap(serviceAndWait)]
}

/** The wait of a request that meets no other. */
export function wakingUp(setUpNs: number, n: number): Truth {
  return {
    what: 'mean wait of requests that meet no other',
    n,
    expected: `0 to ${microseconds(MOST_SET_UP_NS)}`,
    observed: microseconds(setUpNs),
    agrees: setUpNs >= 0 && setUpNs <= MOST_SET_UP_NS,
  }
}

function serviceAndWait(wait: Wait): Truth[] {
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
}

const microseconds = (ns: number): string => `${(ns / 1e3).toFixed(0)} µs`
const within = (ns: number, share: number): string => `${microseconds(ns)} ± ${(100 * share).toFixed(0)} %`
