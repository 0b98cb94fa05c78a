import { usageError } from '../errors.js'
import { readResultSet } from '../files/result-set.js'
import { resultsIn, type ResultSet } from '../result/result-set.js'
import { checkResult, isOfKind, type SavedResult } from '../result/saved-result.js'

/** One side of a comparison: the name of a file, a folder or a pattern, or the results themselves. */
export type Compared = string | SavedResult | readonly SavedResult[]

/**
 * The results of one side.
 * @param name of a side that is no file
 * @throws RpbenchError (wrong usage) where a set cannot be read, or one is no result of run or churn
 */
export async function setOf(compared: Compared, name: string): Promise<ResultSet> {
  if (typeof compared === 'string') return readResultSet(compared)
  const given = Array.isArray(compared) ? (compared as readonly unknown[]) : [compared]
  const sets: ResultSet['results'][] = []
  for (const [index, one] of given.entries()) {
    const source = `${name}[${index}]`
    const saved = await checkResult(one, source)
    if (!isOfKind(saved, 'run') && !isOfKind(saved, 'churn') && !isOfKind(saved, 'repeat'))
      throw usageError(
        `${source} is a result of ${saved.schema}: compare takes results of run and churn, also repeated.`,
      )
    sets.push(resultsIn(saved, source))
  }
  return { name, results: sets.flat(), skipped: [] }
}
