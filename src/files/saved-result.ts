import { usageError } from '../errors.js'
import { embeddedTexts, isPage } from '../result/embedded.js'
import { parseResult, parseResultOf, type SavedResult } from '../result/saved-result.js'
import type { SweepResult } from '../result/sweep-result.js'
import { readTextFile } from './text-file.js'

/** The texts of the results in a file: of its one, or of those that a page of `rpbench report` holds. */
function textsOf(path: string): string[] {
  const text = readTextFile(
    path,
    (why) => `${path} cannot be read: ${why}; name the JSON file of a saved result.`,
  )
  if (!isPage(text)) return [text]
  const texts = embeddedTexts(text)
  if (texts) return texts
  throw usageError(
    `${path} is a page without a result in it, or a damaged one; name one that rpbench report --format html made, or a JSON file.`,
  )
}

function textOf(path: string): string {
  const [text = '', ...others] = textsOf(path)
  if (others.length === 0) return text
  throw usageError(
    `${path} holds ${others.length + 1} results, and one is needed; rpbench report ${path} --format json has them all.`,
  )
}

/** A saved sweep. Errors as those of `parseResultOf`, and RPB_USAGE where the file cannot be read. */
export async function readSweepResult(path: string): Promise<SweepResult> {
  return parseResultOf('sweep', textOf(path), path)
}

/**
 * A saved result of any kind, from its JSON or from a page that shows it. Errors as those of `parseResult`, and RPB_USAGE
 * where the file cannot be read, or is a page of several.
 */
export async function readResult(path: string): Promise<SavedResult> {
  return parseResult(textOf(path), path)
}

/** The result in a file, or those in a page. Errors as those of `readResult`. */
export async function readResultsIn(path: string): Promise<SavedResult[]> {
  const results: SavedResult[] = []
  for (const text of textsOf(path)) results.push(await parseResult(text, path))
  return results
}
