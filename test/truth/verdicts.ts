import { agreesWithInjected, isWrong, leastRight, mostWrong, tally } from '../bench/overload-judgement.js'
import { overloadVerdicts } from '../bench/overload-verdicts.js'
import type { Truth } from './truth-table.js'

/** Runs a case. */
const RUNS = 10

/** What runs say of an overload whose cause was injected. */
export async function verdictsOnInjected(short: boolean): Promise<Truth[]> {
  const all = short ? await overloadVerdicts(3, ['sleep', 'slow']) : await overloadVerdicts(RUNS)
  return all.map(({ injected, overload }) => ({
    what: `overload, injected: ${injected.what}`,
    n: overload.length,
    expected: `\`${injected.right.join('`, `')}\` ≥ ${leastRight(injected, overload.length)}, ≤ ${mostWrong(overload.length)} wrong causes`,
    observed: `${tally(overload)}; ${overload.filter((word) => isWrong(injected, word)).length} wrong`,
    agrees: agreesWithInjected(injected, overload),
  }))
}
