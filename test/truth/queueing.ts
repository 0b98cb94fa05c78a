import { compareWithQueueingTheory } from '../bench/queueing.js'
import type { Truth } from './truth-table.js'

/** Waits of one member under Poisson arrivals against M/D/1 and M/M/1. */
export async function waitsAgainstTheory(short: boolean): Promise<Truth[]> {
  const { waits } = await compareWithQueueingTheory(short ? { seconds: 4, utilisations: [0.5] } : {})
  return waits.map(({ name, utilisation, count, measuredNs, modelNs, allowed, agrees }) => ({
    what: `mean wait, ${name}, ρ ${utilisation.toFixed(2)}`,
    n: count,
    expected: `${(modelNs / 1e3).toFixed(0)} µs ± ${(100 * allowed).toFixed(0)} %`,
    observed: `${(measuredNs / 1e3).toFixed(0)} µs`,
    agrees,
  }))
}
