import { repetitionOf } from '../plan/repetition.js'
import type { ChurnResult } from '../result/churn-result.js'
import type { Repetition } from '../result/repeat-result.js'
import type { RunResult } from '../result/run-result.js'
import { attempt } from './attempt.js'
import type { RunOptions } from './run.js'
import { prepareTraffic } from './traffic.js'

/** What is repeated: how one is measured, and what it is called. */
export type Repeated =
  | { of: 'run'; measure: (options: RunOptions) => Promise<RunResult> }
  | { of: 'churn'; measure: (options: RunOptions) => Promise<ChurnResult> }

export interface RepetitionOptions extends Omit<RunOptions, 'traffic' | 'onProgress'> {
  repeated: Repeated
}

/**
 * Measures one repetition of a plan, a draw of its own with fresh processes.
 * @param onProgress told where this one is
 * @returns with its error where it failed; undefined where it was interrupted before anything was measured
 */
export async function measureRepetition(
  options: RepetitionOptions,
  index: number,
  onProgress: RunOptions['onProgress'],
): Promise<Repetition | undefined> {
  const { repeated, intervals, ...others } = options
  const { plan, draw } = repetitionOf(options.plan, index)
  const began = performance.now()
  const made = await attempt(async () =>
    withName(repeated, {
      ...others,
      plan,
      traffic: prepareTraffic(plan, draw),
      intervals: intervals && {
        ...intervals,
        onInterval: (told) => intervals.onInterval({ ...told, repetition: index }),
      },
      onProgress,
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
