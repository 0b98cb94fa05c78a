import { pooled } from '../assembly/pooled-results.js'
import { usageError } from '../errors.js'
import { FileSet } from '../files/file-set.js'
import { readResults, type SavedFile } from '../files/result-files.js'
import { formatRow, type FormatName } from '../report/formats/table.js'
import { renderSaved } from '../report/saved-text.js'
import type { TextOptions } from '../report/views.js'
import { kindOf } from '../result/saved-result.js'
import { heldAgainst } from '../api/check.js'
import type { ThresholdTexts } from '../api/read-thresholds.js'
import type { StandardOutput } from './standard-output.js'

export interface ReportOptions {
  format: FormatName
  /** where to write it; standard output where it is undefined */
  file: string | undefined
  /** in place of those that the results were held against, where there are any */
  thresholds: ThresholdTexts
  output: StandardOutput
  options: TextOptions
  /** is told why a file is no result */
  skip: (why: string) => void
}

/**
 * Gives saved results a form.
 * @param paths of files and folders
 * @throws RpbenchError RPB_USAGE where there is nothing to report in that form, or a threshold is none; RPB_OUTPUT,
 *   RPB_NOT_WRITTEN where the file cannot be written
 */
export async function reportResults(
  paths: readonly string[],
  { format, file, thresholds, output, options, skip }: ReportOptions,
): Promise<void> {
  const written = file === undefined ? undefined : await FileSet.named(file, '--output')
  const { saved, skipped } = await readResults(paths)
  for (const { why } of skipped) skip(why)
  const reported = pooled(takenBy(format, saved, skip)).map((one) =>
    thresholds.threshold === undefined && thresholds['threshold-on'] === undefined
      ? one
      : { ...one, result: heldAgainst(one.result, thresholds) },
  )
  const text = await formatRow(format).render(reported, options)
  if (written === undefined) return output.write(text)
  await written.save([text])
  await output.write(renderSaved(written.paths, options))
}

/**
 * The results that a format has something to say of; each other one is told to `skip`.
 * @throws RpbenchError (wrong usage) where there is none
 */
function takenBy(format: FormatName, saved: readonly SavedFile[], skip: (why: string) => void): SavedFile[] {
  const { takes } = formatRow(format)
  const kinds = takes.join(', ')
  const taken = saved.filter(({ result }) => takes.includes(kindOf(result)!))
  const why = ({ file, result }: SavedFile): string =>
    `${file} is a result of ${kindOf(result)!}, of which --format ${format} says nothing: it takes those of ${kinds}.`
  if (taken.length === 0) throw usageError(why(saved[0]!))
  for (const other of saved) if (!taken.includes(other)) skip(why(other))
  return taken
}
