import { FileSet } from '../files/file-set.js'
import { renderSaved } from '../report/saved-text.js'
import type { ShownResult, TextOptions, Views } from '../report/views.js'
import { watchInterrupts } from './interrupt.js'
import { ProgressLine } from './progress.js'
import type { StandardOutput } from './standard-output.js'

/** What a measuring has at hand. */
export interface Measuring<Shown> {
  /** aborted by the first Ctrl-C: to stop in good order */
  signal: AbortSignal
  progress: ProgressLine
  /** saves what there is so far, where anything is to be saved */
  keep: (shown: Shown) => Promise<void>
}

export interface Measurement<Shown extends ShownResult<object>> {
  /** a part of the files' names */
  kind: string
  views: Views<Shown>
  flags: { output: string; save: boolean; quiet: boolean; json: boolean }
  /** where an earlier session saved it, without the endings */
  savedAs?: string
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
  const saved = Object.values(views).filter(({ ending }) => ending !== undefined)
  const endings = saved.flatMap(({ ending }) => ending ?? [])
  let files: FileSet | undefined
  const interrupts = watchInterrupts(() => files?.abandon())
  if (flags.save)
    files =
      savedAs === undefined
        ? await FileSet.open({ directory: flags.output, startedAt: new Date(), kind, endings })
        : await FileSet.at(savedAs, endings)
  const keep = async (shown: Shown): Promise<void> => {
    await files?.save(saved.map(({ render }) => render(shown, options)))
  }
  const progress = new ProgressLine(flags.quiet)
  let shown: Shown & { failure?: unknown }
  try {
    shown = await measure({ signal: interrupts.signal, progress, keep })
  } finally {
    progress.end()
  }
  await show(views, shown, output, { ...options, savedTo: files?.paths ?? [] }, flags)
  // Printed first: a full disk must not cost the user what was measured.
  await keep(shown)
  if (files && !flags.json) await output.write(renderSaved(files.paths, options))
  interrupts.release()
  if (shown.failure !== undefined) throw shown.failure
  return shown
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
