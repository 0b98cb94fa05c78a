import type { ResultKind, SavedResult } from '../../result/saved-result.js'
import type { TextOptions } from '../views.js'

/** A saved result, and the file that it was read from; of several that were pooled, the first. */
export interface Reported {
  file: string
  result: SavedResult
}

/** A form that saved results can be given, whatever command made them. */
export interface Format {
  /** whom it is for, as the help says it */
  readonly help: string
  /** kinds of results that have something to say in it */
  readonly takes: readonly ResultKind[]
  /** what it makes of them; its file is loaded when it is asked for */
  readonly render: (reported: readonly Reported[], options: TextOptions) => Promise<string>
}
