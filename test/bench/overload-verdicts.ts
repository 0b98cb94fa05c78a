import { parseArgs } from 'node:util'
import type { RunResult } from '../../src/result/run-result.js'
import { measure } from '../system/experiment.js'
import { OVERLOAD_CASES, type OverloadCase } from './overload-cases.js'
import { isWrong, saidOf, tally } from './overload-judgement.js'

/**
 * Injects one cause at a time and counts what runs say of it: how far the verdicts of `overload` and `balance` can be
 * trusted on this machine. Nothing else should run on it.
 *
 *     node dist/test/bench/overload-verdicts.js --runs 30 [--cases sleep,zipf]
 *
 * Cases take turns, so that what else the machine does meets all alike. Each run has fresh processes, ports and seed. Where
 * members sleep, two runs go at a time.
 */

/** What all runs of a case said. */
export interface SaidOfCase {
  injected: OverloadCase
  overload: string[]
  balance: string[]
}

/** @param names of cases, all without */
export async function overloadVerdicts(
  runs: number,
  names: readonly string[] = Object.keys(OVERLOAD_CASES),
): Promise<SaidOfCase[]> {
  const all: SaidOfCase[] = names.map((name) => {
    const injected = OVERLOAD_CASES[name]
    if (injected === undefined)
      throw new Error(`${name} is no case: ${Object.keys(OVERLOAD_CASES).join(', ')}`)
    return { injected, overload: [], balance: [] }
  })
  for (let turn = 0; turn < runs; turn++)
    for (const { injected, overload, balance } of all)
      for (const result of await take(injected, Math.min(injected.sleeps ? 2 : 1, runs - overload.length))) {
        overload.push(saidOf(injected, result.imbalance))
        balance.push(result.balance?.verdict ?? 'none')
        process.stderr.write('.')
      }
  process.stderr.write('\n')
  return all
}

/** Runs of a case, as many at a time as are asked for. */
async function take({ request, around = (use) => use() }: OverloadCase, count: number): Promise<RunResult[]> {
  return around(async () =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const seed = 1 + Math.floor(Math.random() * 2 ** 31)
        return (await measure({ ...request, seed })).result
      }),
    ),
  )
}

if (process.argv[1]?.endsWith('overload-verdicts.js')) {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '30' }, cases: { type: 'string' } },
  })
  const all = await overloadVerdicts(Number(values.runs), values.cases?.split(','))
  console.log('| injected | runs | overload says | wrong cause | balance says |')
  console.log('| --- | --- | --- | --- | --- |')
  for (const { injected, overload, balance } of all) {
    const wrong = overload.filter((word) => isWrong(injected, word)).length
    console.log(
      `| ${injected.what} | ${overload.length} | ${tally(overload)} | ${wrong} | ${tally(balance)} |`,
    )
  }
}
