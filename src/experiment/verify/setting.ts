import { RpbenchError } from '../../errors.js'
import type { VerifyPlan } from '../../plan/verify-plan.js'
import type { Repetition } from '../../plan/repetition.js'
import type { RunPlan } from '../../plan/run-plan.js'
import type { Agenda } from '../agenda.js'
import { runExperiment, type RunOptions, type RunOutcome } from '../run.js'
import type { VerifyItem } from './agenda.js'
import { prepareTraffic } from '../traffic.js'

/** What every claim is put to the test with. */
export interface Setting {
  plan: VerifyPlan
  toolVersion: string
  /** ends the measuring; what was finished counts */
  signal: AbortSignal
  agenda: Agenda
}

/** Which of the agenda a run is, and what to call it. */
interface Named {
  what: VerifyItem
  of: string
}

/** The options of one run among those of a claim. */
export function runOptions(
  setting: Setting,
  { plan, draw }: { plan: RunPlan; draw?: Repetition['draw'] },
  { what, of }: Named,
): RunOptions {
  const { toolVersion, signal, agenda } = setting
  return {
    plan,
    traffic: prepareTraffic(plan, draw),
    supplied: {},
    toolVersion,
    signal,
    onProgress: agenda.begin(what, of),
  }
}

/**
 * Measures one run.
 * @returns undefined where it was interrupted: half a run is no evidence
 */
export async function measureRun(
  setting: Setting,
  measured: { plan: RunPlan; draw?: Repetition['draw'] },
  named: Named,
): Promise<RunOutcome | undefined> {
  if (setting.signal.aborted) return undefined
  try {
    const outcome = await runExperiment(runOptions(setting, measured, named))
    return outcome.result.stopped === 'interrupted' ? undefined : outcome
  } catch (error) {
    if (error instanceof RpbenchError && error.code === 'RPB_INTERRUPTED') return undefined
    throw error
  }
}
