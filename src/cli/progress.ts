import { formatCount, formatDuration } from '../units/format.js'
import type { Progress } from '../experiment/progress.js'

const CLEAR_LINE = '\r\u{1B}[K'

function sentence(progress: Progress): string {
  const { of, phase, elapsedNs, figures } = progress
  const which = of === undefined ? '' : `${of}: `
  if (phase !== 'measuring') return which + phase
  const parts = [
    `${which}measuring ${formatDuration(Math.floor(elapsedNs / 1e8) * 1e8)}`,
    `${formatCount(figures.sent)} sent`,
    `${formatCount(figures.replied)} replies`,
    ...(figures.lost > 0 ? [`${formatCount(figures.lost)} lost`] : []),
  ]
  return parts.join(' · ')
}

/** A line on standard error that says where a run is; silent when that is not a terminal. */
export class ProgressLine {
  readonly #shown: boolean

  constructor(quiet: boolean) {
    this.#shown = process.stderr.isTTY && !quiet
  }

  readonly update = (progress: Progress): void => {
    this.show(sentence(progress))
  }

  show(text: string): void {
    if (!this.#shown) return
    const columns = process.stderr.columns ?? 80
    process.stderr.write(CLEAR_LINE + text.slice(0, columns - 1))
  }

  end(): void {
    if (this.#shown) process.stderr.write(CLEAR_LINE)
  }
}
