import type { StyleOptions } from './style.js'

export interface TextOptions extends Omit<StyleOptions, 'praise'> {
  /** files that have the result already, as those of a sweep do */
  savedTo?: readonly string[]
}

/** At once, or piece by piece where it is long. */
export type Text = string | Iterable<string>

/** One way to show what a command found: a pure function. */
export interface View<Shown> {
  /** what its file's name ends with; absent where it has no file */
  ending?: string
  /** the flag that names its file, for a view that is only written where it is asked for */
  flag?: ExportFlag
  /** why its file is not written, and what writes it */
  withheld?: string
  render: (shown: Shown, options: TextOptions) => Text | Promise<Text>
}

/** Flags that name the file of a view. */
export type ExportFlag = 'hgrm' | 'hdr-log' | 'output'

/** A view that standard output can show. */
interface PrintedView<Shown> extends View<Shown> {
  render: (shown: Shown, options: TextOptions) => Text
}

/**
 * How a kind of result can be shown. Standard output gets `text`, or `json` where it is asked for; every view with an ending
 * is written to a file, as is one with a flag where that is given. A further format is a file of its own and a row here.
 */
export interface Views<Shown> {
  text: PrintedView<Shown>
  json: PrintedView<Shown>
  [name: string]: View<Shown>
}

/** What is shown of most commands. */
export interface ShownResult<Result> {
  result: Result
}

/** The result as it is. */
export const jsonView: PrintedView<ShownResult<object>> = {
  ending: '.json',
  render: ({ result }) => `${JSON.stringify(result, null, 2)}\n`,
}
