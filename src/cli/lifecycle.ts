import { resolve } from 'node:path'
import { usageError } from '../errors.js'
import type { FileLock } from '../files/file-lock.js'
import { FileSet } from '../files/file-set.js'
import { renderSaved } from '../report/saved-text.js'
import type { ExportFlag, ShownResult, Text, TextOptions, View, Views } from '../report/views.js'
import { watchInterrupts } from './interrupt.js'
import { ProgressLine } from './progress.js'
import type { StandardOutput } from './standard-output.js'

/** What a measuring has at hand. */
export interface Measuring<Shown> {
  /** aborted by the first Ctrl-C, or when nobody reads standard output any more: to stop in good order */
  signal: AbortSignal
  progress: ProgressLine
  /** saves what there is so far, where anything is to be saved */
  keep: (shown: Shown) => Promise<void>
}

/** `output` is the directory of the files where there are several, and the only file where a view says so. */
interface MeasurementFlags extends Partial<Record<ExportFlag, string | undefined>> {
  save: boolean
  quiet: boolean
  label?: string | undefined
  configFile?: string
  json: boolean
  'json-lines'?: boolean
  'flows-csv'?: boolean | undefined
}

/** Files of an earlier session that are to be replaced. */
export interface SavedFiles {
  /** their path without the endings */
  stem: string
  lock: FileLock
}

export interface Measurement<Shown extends ShownResult<object>> {
  /** a part of the files' names */
  kind: string
  views: Views<Shown>
  flags: MeasurementFlags
  /** where an earlier session saved it */
  savedAs?: SavedFiles
  /** with `failure`, what was measured before something went wrong */
  measure: (measuring: Measuring<Shown>) => Promise<Shown & { failure?: unknown }>
}

/**
 * Measures and reports, as every command does: tries whether the files can be written, measures, prints, writes, says
 * where. The first Ctrl-C ends the measuring, the second everything; neither leaves half a file.
 * @throws RpbenchError where nothing was measured; after reporting, where something went wrong on the way
 */
export async function measureAndReport<Shown extends ShownResult<object>>(
  { kind, views, flags, savedAs, measure }: Measurement<Shown>,
  output: StandardOutput,
  options: TextOptions,
): Promise<Shown> {
  refuseLabel(flags.label)
  const saved = Object.values(views).filter(({ ending }) => ending !== undefined)
  const endings = saved.flatMap(({ ending }) => ending ?? [])
  // Who wants no row for each flow needs not be told of them.
  const withheld =
    flags['flows-csv'] === false ? [] : Object.values(views).flatMap((view) => view.withheld ?? [])
  let files: FileSet | undefined
  let exports: Export<Shown>[] = []
  const interrupts = watchInterrupts(() => {
    files?.abandon()
    for (const one of exports) one.file.abandon()
  })
  if (flags.save && flags.output !== undefined)
    files =
      savedAs === undefined
        ? await FileSet.open({ directory: flags.output, startedAt: new Date(), kind, endings })
        : await FileSet.at(savedAs.stem, endings, savedAs.lock)
  exports = await openExports(views, flags)
  const keep = async (measured: Shown): Promise<void> => {
    const shown = labelled(measured, flags)
    const texts: Text[] = []
    for (const { render } of saved) texts.push(await render(shown, options))
    await files?.save(texts)
  }
  const progress = new ProgressLine(flags.quiet)
  let shown: Shown & { failure?: unknown }
  try {
    // A reader of lines that goes away wants no more of them.
    const signal = AbortSignal.any([interrupts.signal, output.gone])
    shown = labelled(await measure({ signal, progress, keep }), flags)
  } finally {
    progress.end()
  }
  if (flags['json-lines']) await output.write(`${JSON.stringify(shown.result)}\n`)
  else await show(views, shown, output, { ...options, savedTo: files?.paths ?? [] }, flags)
  // Printed first: a full disk must not cost the user what was measured. Nor does one file that fails cost the others.
  const unsaved: unknown[] = []
  await keep(shown).catch((error: unknown) => unsaved.push(error))
  for (const { file, view } of exports)
    await file.save([await view.render(shown, options)]).catch((error: unknown) => unsaved.push(error))
  const paths = [...(files?.paths ?? []), ...exports.flatMap(({ file }) => file.paths)]
  if (paths.length > 0 && !flags.json && !flags['json-lines'])
    await output.write(renderSaved(paths, options, withheld))
  if (unsaved.length > 0) throw unsaved[0]
  interrupts.release()
  if (shown.failure !== undefined) throw shown.failure
  return shown
}

const MOST_LABEL = 100

/** @throws RpbenchError RPB_USAGE where a label is empty, long, or more than a line */
export function refuseLabel(label = 'none'): void {
  if (label.trim() === '' || Array.from(label).length > MOST_LABEL || /\p{Cc}/u.test(label))
    throw usageError(`--label takes 1 to ${MOST_LABEL} characters on one line: give a shorter name.`)
}

/** The same with the label that the user gave it, and the file that flags were taken from, if any. */
function labelled<Shown extends ShownResult<object>>(
  shown: Shown,
  { label, configFile }: Pick<MeasurementFlags, 'label' | 'configFile'>,
): Shown {
  const said = { ...(label !== undefined && { label }), ...(configFile !== undefined && { configFile }) }
  return { ...shown, result: { ...shown.result, ...said } }
}

/** A view, and the file that the user named for it. */
interface Export<Shown> {
  view: View<Shown>
  file: FileSet
}

/**
 * The views that flags name a file for.
 * @throws RpbenchError where a file cannot be written, or is named twice
 */
async function openExports<Shown>(views: Views<Shown>, flags: MeasurementFlags): Promise<Export<Shown>[]> {
  const flagOfPath = new Map<string, string>()
  const exports: Export<Shown>[] = []
  for (const view of Object.values(views)) {
    const path = view.flag && flags[view.flag]
    if (path === undefined) continue
    const flag = `--${view.flag}`
    const other = flagOfPath.get(resolve(path))
    if (other !== undefined)
      throw usageError(`${other} and ${flag} name the same file, ${path}: give each its own.`)
    flagOfPath.set(resolve(path), flag)
    exports.push({ view, file: await FileSet.named(path, flag) })
  }
  return exports
}

/** Prints what was found, in the form that was asked for. */
export async function show<Shown>(
  views: Views<Shown>,
  shown: Shown,
  output: StandardOutput,
  options: TextOptions,
  { json }: { json: boolean },
): Promise<void> {
  await output.write((json ? views.json : views.text).render(shown, options))
}
