import type { LiveFigures } from '../client/control.js'

export interface Progress {
  /** which of several runs this is, where there are several */
  of?: string
  phase: 'starting the group' | 'opening flows' | 'warming up' | 'measuring' | 'finishing'
  /** since this phase began */
  elapsedNs: number
  /** expected until all is done, ns; absent where it cannot be told */
  remainingNs?: number
  figures: LiveFigures
  /** members, and the front, that stand still though nobody asked them to */
  silent: readonly (number | 'front')[]
}

const PROGRESS_EVERY_MS = 100

const NO_FIGURES: LiveFigures = { sent: 0, replied: 0, lost: 0, flowsUsed: 0 }

/** Tells the caller where the run is, ten times a second. */
export class ProgressReporter {
  #phase: Progress['phase'] = 'starting the group'
  #since = performance.now()
  figures: () => LiveFigures = () => NO_FIGURES
  silent: () => Progress['silent'] = () => []
  readonly #timer: NodeJS.Timeout

  constructor(readonly report: (progress: Progress) => void) {
    this.#timer = setInterval(() => this.#tell(), PROGRESS_EVERY_MS)
  }

  #tell(): void {
    this.report({
      phase: this.#phase,
      elapsedNs: (performance.now() - this.#since) * 1e6,
      figures: this.figures(),
      silent: this.silent(),
    })
  }

  enter(phase: Progress['phase']): void {
    this.#phase = phase
    this.#since = performance.now()
    this.#tell()
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
