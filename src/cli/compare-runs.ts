import * as Parser from '@oclif/core/parser'
import type { CompareRequest } from '../api/compare.js'
import { preparePairs, type NamedTexts } from '../api/compare-runs.js'
import { usageError } from '../errors.js'
import { flagOf } from '../plan/parameters/table.js'
import type { FlagTexts } from '../plan/parameters/texts.js'
import { wordsOf } from '../units/words.js'
import { flagsOf } from './flags.js'

/**
 * Plans runs in pairs, each side from the flags of `rpbench run` in one text. Errors as those of `preparePairs`, and where there
 * are not two, or one holds what is no flag of a plan.
 */
export async function pairsFromFlags({
  runs,
  ...request
}: CompareRequest): Promise<ReturnType<typeof preparePairs>> {
  const [base, next, ...more] = runs
  if (base === undefined || next === undefined || more.length > 0)
    throw usageError(
      `${flagOf('runs')} is given twice, with the flags of the base and those of the new side; it was given ${runs.length === 1 ? 'once' : `${runs.length} times`}.`,
    )
  return preparePairs([await sideFrom(base), await sideFrom(next)], request)
}

async function sideFrom(name: string): Promise<NamedTexts> {
  const words = wordsOf(name)
  if (words === undefined) throw usageError(`${flagOf('runs')} "${name}": a quote is not closed.`)
  try {
    const { flags } = await Parser.parse(words, { flags: flagsOf('run'), strict: true })
    return { name, texts: flags as FlagTexts<'run'> }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [first = ''] = error.message.split('\n')
    throw usageError(
      `${flagOf('runs')} "${name}": ${first.replace(/\.$/, '')}; it takes the flags of a plan, as rpbench run does.`,
    )
  }
}
