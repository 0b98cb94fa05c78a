import { parseResult, parseResultOf, type SavedResult } from '../result/saved-result.js'
import type { SweepResult } from '../result/sweep-result.js'
import { readTextFile } from './text-file.js'

const textOf = (path: string): string =>
  readTextFile(path, (why) => `${path} cannot be read: ${why}; name the JSON file of a saved result.`)

/** A saved sweep. Errors as those of `parseResultOf`, and RPB_USAGE where the file cannot be read. */
export async function readSweepResult(path: string): Promise<SweepResult> {
  return parseResultOf('sweep', textOf(path), path)
}

/** A saved result of any kind. Errors as those of `parseResult`, and RPB_USAGE where the file cannot be read. */
export async function readResult(path: string): Promise<SavedResult> {
  return parseResult(textOf(path), path)
}
