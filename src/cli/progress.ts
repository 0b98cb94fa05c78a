import { formatCount, formatDuration } from '../units/format.js'
import type { Progress } from '../experiment/progress.js'
import { roughTime } from './rough-time.js'

const CLEAR_LINE = '\r\u{1B}[K'

/** Where a run is, in a line. */
export function progressSentence(progress: Progress): string {
  const { of, phase, elapsedNs, remainingNs, figures, silent } = progress
  const which = of === undefined ? '' : `${of}: `
  const counts =
    phase === 'measuring'
      ? [
          `${formatCount(figures.sent)} sent`,
          `${formatCount(figures.replied)} replies`,
          ...(figures.lost > 0 ? [`${formatCount(figures.lost)} lost`] : []),
        ]
      : []
  const time = phase === 'measuring' ? ` ${formatDuration(Math.floor(elapsedNs / 1e8) * 1e8)}` : ''
  const left = remainingNs === undefined ? [] : [`${roughTime(remainingNs)} left`]
  // Before the counts: a narrow terminal cuts those off.
  return [`${which}${phase}${time}`, ...silentWords(silent), ...left, ...counts].join(' · ')
}

function silentWords(silent: Progress['silent']): string[] {
  const members = silent.filter((who) => who !== 'front')
  const names = [
    ...(silent.length > members.length ? ['the front'] : []),
    ...(members.length > 0 ? [`member${members.length > 1 ? 's' : ''} ${members.join(', ')}`] : []),
  ]
  return names.length === 0 ? [] : [`${names.join(' and ')} silent`]
}

/** A line on standard error that says where a run is; silent when that is not a terminal. */
export class ProgressLine {
  readonly #shown: boolean

  constructor(quiet: boolean) {
    this.#shown = process.stderr.isTTY && !quiet
  }

  readonly update = (progress: Progress): void => {
    this.show(progressSentence(progress))
  }

  show(text: string): void {
    if (!this.#shown) return
    const columns = process.stderr.columns ?? 80
    process.stderr.write(CLEAR_LINE + text.slice(0, columns - 1))
  }

  /** A line that stays, above the one that changes. @param line made for so many columns */
  keep(line: (columns: number) => string): void {
    if (!this.#shown) return
    const columns = process.stderr.columns ?? 80
    process.stderr.write(`${CLEAR_LINE}${line(columns - 1)}\n`)
  }

  end(): void {
    if (this.#shown) process.stderr.write(CLEAR_LINE)
  }
}
