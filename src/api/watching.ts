import type { Progress } from '../experiment/progress.js'
import type { CompareResult } from '../result/compare-result.js'
import type { ToldInterval } from '../result/interval.js'
import type { RepeatResult } from '../result/repeat-result.js'

/** What a caller may want of a measurement while it goes on. */
export interface Watching {
  /** ends it in good order, as Ctrl-C does: what was measured comes back, marked as interrupted */
  signal?: AbortSignal | undefined
  /** told where it is, ten times a second */
  onProgress?: ((progress: Progress) => void) | undefined
}

/** Also of one whose measured phase can be divided. */
export interface WatchingIntervals extends Watching {
  /** told each part of the measured phase as it ends, where `interval` says how long they are */
  onInterval?: ((told: ToldInterval) => void) | undefined
}

/** Also of several measurements in a row. */
export interface WatchingSeveral<Result> extends Watching {
  /** given what there is so far after each of them but the last; the next one waits for it */
  onResult?: ((soFar: Result) => void | Promise<void>) | undefined
}

/** Of repetitions: both. */
export type WatchingRepetitions = WatchingIntervals & WatchingSeveral<RepeatResult>

/** A comparison of runs that were made for it, and these. */
export interface ComparedRuns {
  result: CompareResult
  base: RepeatResult
  next: RepeatResult
}
