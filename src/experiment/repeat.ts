import { assembleRepeat } from '../assembly/repeat.js'
import { RpbenchError } from '../errors.js'
import { hostIdentity } from '../host/identity.js'
import { repetitionOf } from '../plan/repetition.js'
import type { ChurnResult } from '../result/churn-result.js'
import type { Repetition, RepeatResult } from '../result/repeat-result.js'
import type { RunResult } from '../result/run-result.js'
import { attempt } from './attempt.js'
import type { RunOptions } from './run.js'
import { independentRuns, prepareTraffic } from './traffic.js'

/** What is repeated: how one is measured, and what it is called. */
export type Repeated =
  | { of: 'run'; measure: (options: RunOptions) => Promise<RunResult> }
  | { of: 'churn'; measure: (options: RunOptions) => Promise<ChurnResult> }

export interface RepeatOptions extends Omit<RunOptions, 'traffic'> {
  repeated: Repeated
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
  const { repeated, repeat, plan, supplied, toolVersion, signal } = options
  const began = performance.now()
  const startedAt = new Date().toISOString()
  const independent = independentRuns(plan) ?? repeat
  const repetitions: Repetition[] = []
  const resultSoFar = (interrupted: boolean): RepeatResult =>
    assembleRepeat(
      {
        toolVersion,
        host: hostIdentity(),
        supplied,
        startedAt,
        durationNs: (performance.now() - began) * 1e6,
        interrupted,
        of: repeated.of,
        repeat,
        effective: plan,
        independentRepetitions: independent < repeat ? independent : undefined,
      },
      repetitions,
    )
  while (repetitions.length < repeat && !signal.aborted) {
    const made = await measureOne(options, repetitions.length)
    if (!made) break
    repetitions.push(made)
    // Until the last one: whoever reads the file meanwhile, or after a crash, sees that it has not come to its end.
    if (repetitions.length < repeat) await options.onRepetition(resultSoFar(true))
  }
  if (repetitions.length === 0)
    throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
  return resultSoFar(signal.aborted)
}

async function measureOne(options: RepeatOptions, index: number): Promise<Repetition | undefined> {
  const { repeated, repeat, onProgress, ...others } = options
  const { plan, draw } = repetitionOf(options.plan, index)
  const began = performance.now()
  const made = await attempt(async () =>
    withName(repeated, {
      ...others,
      plan,
      traffic: prepareTraffic(plan, draw),
      onProgress: (progress) => onProgress({ ...progress, of: `repetition ${index + 1} of ${repeat}` }),
    }),
  )
  if (!made) return undefined
  const wallNs = Math.round((performance.now() - began) * 1e6)
  return { index, seed: plan.seed, wallNs, ...('measured' in made ? made.measured : made) }
}

/** A whole result under the name of what it is of. */
async function withName(repeated: Repeated, options: RunOptions): Promise<Pick<Repetition, 'run' | 'churn'>> {
  return repeated.of === 'run'
    ? { run: await repeated.measure(options) }
    : { churn: await repeated.measure(options) }
}
