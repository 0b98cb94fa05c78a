import { effectiveOf } from '../assembly/effective.js'
import { assembleRepeat } from '../assembly/repeat.js'
import { RpbenchError } from '../errors.js'
import { hostRecord } from './host-record.js'
import type { Repetition, RepeatResult } from '../result/repeat-result.js'
import { Agenda } from './agenda.js'
import { expectedNs } from './expected-time.js'
import type { Progress } from './progress.js'
import { measureRepetition, type RepetitionOptions } from './repetition.js'
import { independentRuns } from './traffic.js'

export interface RepeatOptions extends RepetitionOptions {
  onProgress: (progress: Progress) => void
  /** how often */
  repeat: number
  /** after each repetition, with what all so far give */
  onRepetition: (result: RepeatResult) => Promise<void>
}

/**
 * Measures the same plan several times, each a draw of its own with fresh processes. One that fails is kept with its error, and
 * the others go on; one that is interrupted is kept as far as it came, and ends it.
 * @throws RpbenchError when nothing could be measured
 */
export async function repeatExperiment(options: RepeatOptions): Promise<RepeatResult> {
  const { repeat, onRepetition, onProgress, ...measuring } = options
  const { repeated, plan, supplied, toolVersion, signal } = measuring
  const began = performance.now()
  const startedAt = new Date().toISOString()
  const independent = independentRuns(plan) ?? repeat
  const repetitions: Repetition[] = []
  const agenda = new Agenda(
    onProgress,
    Array.from({ length: repeat }, () => ({ what: 'repetition', expectedNs: expectedNs(plan) })),
  )
  const resultSoFar = (interrupted: boolean): RepeatResult =>
    assembleRepeat(
      {
        toolVersion,
        host: hostRecord(plan),
        supplied,
        startedAt,
        durationNs: (performance.now() - began) * 1e6,
        interrupted,
        of: repeated.of,
        repeat,
        effective: effectiveOf(plan),
        independentRepetitions: independent < repeat ? independent : undefined,
      },
      repetitions,
    )
  while (repetitions.length < repeat && !signal.aborted) {
    const made = await measureRepetition(
      measuring,
      repetitions.length,
      agenda.begin('repetition', `repetition ${repetitions.length + 1} of ${repeat}`),
    )
    if (!made) break
    repetitions.push(made)
    // Until the last one: whoever reads the file meanwhile, or after a crash, sees that it has not come to its end.
    if (repetitions.length < repeat) await onRepetition(resultSoFar(true))
  }
  if (repetitions.length === 0)
    throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
  return resultSoFar(signal.aborted)
}
