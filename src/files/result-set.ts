import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { usageError } from '../errors.js'
import { isOfKind } from '../result/saved-result.js'
import { resultsIn, type ResultSet, type SetResult } from '../result/result-set.js'
import { headlineIn, isFolder, jsonFilesIn } from './result-folder.js'
import { readResult } from './saved-result.js'

const KINDS = new Set(['run', 'churn', 'repeat'])
const WHICH = 'compare takes results of run and churn, also repeated'

/**
 * The results in a file, in the JSON files of a folder, or in those whose names match a pattern with * or ?, the oldest name first.
 * Files of a folder that are no results of `run` or `churn` are named in `skipped`.
 * @throws RpbenchError RPB_USAGE where there is none, and as `readResult` where a file that was named cannot be read
 */
export async function readResultSet(name: string): Promise<ResultSet> {
  const files = filesOf(name)
  if (files === undefined) return { name, results: await resultsOf(name), skipped: [] }
  const results: SetResult[] = []
  const skipped: { file: string; why: string }[] = []
  for (const file of files) {
    const headline = headlineIn(dirname(file), basename(file))
    if ('why' in headline) skipped.push({ file, why: headline.why })
    else if (KINDS.has(headline.kind)) results.push(...(await resultsOf(file)))
    else skipped.push({ file, why: `it is a result of ${headline.kind}` })
  }
  if (results.length === 0) throw usageError(`There is no result in ${name}: ${WHICH}.`)
  return { name, results, skipped }
}

async function resultsOf(file: string): Promise<SetResult[]> {
  const saved = await readResult(file)
  if (isOfKind(saved, 'run') || isOfKind(saved, 'churn') || isOfKind(saved, 'repeat'))
    return resultsIn(saved, file)
  throw usageError(`${file} is a result of ${saved.schema}: ${WHICH}.`)
}

/** The files that a folder or a pattern stands for; undefined of what is neither. */
function filesOf(name: string): string[] | undefined {
  if (isFolder(name)) return jsonFilesIn(name).map((file) => join(name, file))
  const pattern = basename(name)
  if (!/[*?]/.test(pattern) || isThere(name)) return undefined
  const matches = new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  const folder = dirname(name)
  return jsonFilesIn(folder)
    .filter((file) => matches.test(file))
    .map((file) => join(folder, file))
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined
