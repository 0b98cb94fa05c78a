import { join } from 'node:path'
import { RpbenchError, usageError } from '../errors.js'
import type { SavedResult } from '../result/saved-result.js'
import { isFolder, jsonFilesIn } from './result-folder.js'
import { readResultsIn } from './saved-result.js'

/** A result, and the file that it stands in. */
export interface SavedFile {
  file: string
  result: SavedResult
}

/** A file that is no result that can be read. */
export interface SkippedFile {
  /** a sentence */
  why: string
  /** whether it was named itself, and is not just one in a folder */
  named: boolean
}

/**
 * The results that paths name: files, pages of `rpbench report` among them, and folders with all the JSON files in them, the oldest first.
 * @returns also the files that were skipped: they are damaged, foreign or of a newer version
 * @throws RpbenchError RPB_USAGE where the only file that is named is such a one, or no result is left
 */
export async function readResults(
  paths: readonly string[],
): Promise<{ saved: SavedFile[]; skipped: SkippedFile[] }> {
  const saved: SavedFile[] = []
  const skipped: SkippedFile[] = []
  const read = async (file: string, named: boolean): Promise<SavedFile[]> => {
    try {
      return await resultsIn(file)
    } catch (error) {
      if (!(error instanceof RpbenchError)) throw error
      skipped.push({ why: error.message, named })
      return []
    }
  }
  for (const path of paths) {
    if (isFolder(path)) {
      const files: SavedFile[] = []
      for (const name of jsonFilesIn(path)) files.push(...(await read(join(path, name), false)))
      saved.push(...files.toSorted((a, b) => startOf(a) - startOf(b)))
    } else if (paths.length === 1) saved.push(...(await resultsIn(path)))
    else saved.push(...(await read(path, true)))
  }
  if (saved.length > 0) return { saved, skipped }
  throw usageError(
    `There is no saved result in ${paths.join(', ')}${skipped.length > 0 ? `: ${skipped[0]!.why}` : '.'}`,
  )
}

const resultsIn = async (file: string): Promise<SavedFile[]> =>
  (await readResultsIn(file)).map((result) => ({ file, result }))

const startOf = ({ result }: SavedFile): number => Date.parse(result.startedAt)
