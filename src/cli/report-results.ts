import { usageError } from '../errors.js'
import { FileSet } from '../files/file-set.js'
import { readResults } from '../files/result-files.js'
import type { Reported } from '../report/formats/format.js'
import { formatRow, type FormatName } from '../report/formats/table.js'
import { renderSaved } from '../report/saved-text.js'
import type { TextOptions } from '../report/views.js'
import { kindOf } from '../result/saved-result.js'
import { heldAgainst } from './saved-thresholds.js'
import type { StandardOutput } from './standard-output.js'

export interface ReportOptions {
  format: FormatName
  /** where to write it; standard output where it is undefined */
  file: string | undefined
  /** in place of those that the results were held against; undefined: those */
  thresholds: readonly string[] | undefined
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
  for (const why of skipped) skip(why)
  const reported = saved.map((one) =>
    thresholds === undefined ? one : { ...one, result: heldAgainst(one.result, thresholds) },
  )
  refuseOthers(reported, format)
  const text = await formatRow(format).render(reported, options)
  if (written === undefined) return output.write(text)
  await written.save([text])
  await output.write(renderSaved(written.paths, options))
}

/** @throws RpbenchError (wrong usage) where a format has nothing to say of a result */
function refuseOthers(reported: readonly Reported[], format: FormatName): void {
  const { takes } = formatRow(format)
  const other = reported.find(({ result }) => !takes.includes(kindOf(result)!))
  if (other)
    throw usageError(
      `--format ${format} says nothing of a result of ${kindOf(other.result)!}, such as ${other.file}: it takes those of ${takes.join(', ')}.`,
    )
}
