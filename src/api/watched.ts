import type { IntervalOptions } from '../experiment/interval-watch.js'
import type { Progress } from '../experiment/progress.js'
import type { Watching, WatchingIntervals } from './watching.js'

/** What experiments need of it. */
export function watched({ signal, onProgress }: Watching): {
  signal: AbortSignal
  onProgress: (progress: Progress) => void
} {
  return { signal: signal ?? new AbortController().signal, onProgress: onProgress ?? (() => {}) }
}

/** How the measured phase is to be divided, if it is. */
export function intervalsOf(
  everyNs: number | undefined,
  { onInterval }: WatchingIntervals,
): IntervalOptions | undefined {
  return everyNs === undefined ? undefined : { everyNs, onInterval: onInterval ?? (() => {}) }
}
