import { parseArgs } from 'node:util'
import { capacityAgainstTheory } from './capacity.js'
import { countersAgainstTheKernel } from './counters.js'
import { flowsAgainstTheHash } from './hash.js'
import { pValuesOfFairDraws } from './p-values.js'
import { waitsAgainstTheory } from './queueing.js'
import { printTruths, type Truth } from './truth-table.js'
import { verdictsOnInjected } from './verdicts.js'

/**
 * Holds what the tool says against others' counts and against theory. As root, since it makes network namespaces.
 *
 *     npm run truth -- [--short] [--only counters,hash]
 */
const QUESTIONS: Readonly<Record<string, (short: boolean) => Truth[] | Promise<Truth[]>>> = {
  counters: countersAgainstTheKernel,
  hash: flowsAgainstTheHash,
  'p-values': pValuesOfFairDraws,
  queueing: waitsAgainstTheory,
  capacity: capacityAgainstTheory,
  overload: verdictsOnInjected,
}

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const truths: Truth[] = []
for (const name of values.only?.split(',') ?? Object.keys(QUESTIONS)) {
  const ask = QUESTIONS[name]
  if (ask === undefined) throw new Error(`${name} is no question: ${Object.keys(QUESTIONS).join(', ')}`)
  process.stderr.write(`${name} …\n`)
  truths.push(...(await ask(values.short)))
}
process.exitCode = printTruths(truths) === 0 ? 0 : 1
