import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RpbenchError, usageError } from '../errors.js'
import { headlineOf, type Headline, type ListResult } from '../result/headline.js'
import { reasonOf } from './file-errors.js'
import { readTextFile } from './text-file.js'

/**
 * The headlines of the results in a folder, the oldest first, and the JSON files that are none. One file is in memory at a
 * time; folders below it are not looked into.
 * @throws RpbenchError RPB_USAGE where the folder cannot be read
 */
export function readFolder(folder: string): Pick<ListResult, 'results' | 'skipped'> {
  const results: Headline[] = []
  const skipped: ListResult['skipped'] = []
  for (const file of jsonFilesIn(folder)) {
    const read = headlineIn(folder, file)
    if ('why' in read) skipped.push(read)
    else results.push(read)
  }
  results.sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
  return { results, skipped }
}

/** The names of the JSON files in a folder. Errors as those of `readFolder`. */
export function jsonFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
  } catch (error) {
    throw usageError(`${folder} cannot be read: ${reasonOf(error)}; name a folder of saved results.`)
  }
}

/** The headline of a file in a folder, or why it has none. */
export function headlineIn(folder: string, file: string): ReturnType<typeof headlineOf> {
  try {
    return headlineOf(
      file,
      readTextFile(join(folder, file), (why) => why),
    )
  } catch (error) {
    if (error instanceof RpbenchError) return { file, why: error.message }
    throw error
  }
}

/** Whether there is a folder of this name. */
export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
