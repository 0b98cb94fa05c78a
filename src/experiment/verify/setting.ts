import { RpbenchError } from '../../errors.js'
import type { VerifyPlan } from '../../plan/verify-plan.js'
import type { Repetition } from '../../plan/repetition.js'
import type { RunPlan } from '../../plan/run-plan.js'
import type { Progress } from '../progress.js'
import { runExperiment, type RunOptions, type RunOutcome } from '../run.js'
import { prepareTraffic } from '../traffic.js'

/** What every claim is put to the test with. */
export interface Setting {
  plan: VerifyPlan
  toolVersion: string
  /** ends the measuring; what was finished counts */
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

/** The options of one run among those of a claim. */
export function runOptions(
  setting: Setting,
  { plan, draw }: { plan: RunPlan; draw?: Repetition['draw'] },
  of: string,
): RunOptions {
  const { toolVersion, signal, onProgress } = setting
  return {
    plan,
    traffic: prepareTraffic(plan, draw),
    supplied: {},
    toolVersion,
    signal,
    onProgress: (progress) => onProgress({ ...progress, of }),
  }
}

/**
 * Measures one run.
 * @returns undefined where it was interrupted: half a run is no evidence
 */
export async function measureRun(
  setting: Setting,
  what: { plan: RunPlan; draw?: Repetition['draw'] },
  of: string,
): Promise<RunOutcome | undefined> {
  if (setting.signal.aborted) return undefined
  try {
    const outcome = await runExperiment(runOptions(setting, what, of))
    return outcome.result.stopped === 'interrupted' ? undefined : outcome
  } catch (error) {
    if (error instanceof RpbenchError && error.code === 'RPB_INTERRUPTED') return undefined
    throw error
  }
}
