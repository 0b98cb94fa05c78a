import { runExperiment, type RunOutcome } from '../experiment/run.js'
import { prepareTraffic } from '../experiment/traffic.js'
import type { FlagTexts } from '../plan/parameters/texts.js'
import { controlAccess } from './control-token.js'
import { planRun } from './plan-run.js'
import { preparedRuns, type PreparedRuns } from './prepared-runs.js'
import { judgeable, readThresholds, type ThresholdTexts } from './read-thresholds.js'

/**
 * Plans a run on this host.
 * @throws RpbenchError (wrong usage) naming the flag; nothing was started then
 */
export function prepareRun(texts: FlagTexts<'run'> & ThresholdTexts): PreparedRuns<RunOutcome> {
  const { plan: planned, ...asked } = planRun(texts)
  const { rateHz, ...traffic } = prepareTraffic(planned)
  const plan = rateHz === undefined ? planned : { ...planned, rateHz }
  const control = controlAccess(plan)
  return preparedRuns({
    ...asked,
    plan,
    thresholds: readThresholds(texts, { command: 'run', ...judgeable([plan]) }),
    traffic,
    control,
    measure: runExperiment,
    repeatedAs: { of: 'run', measure: async (options) => (await runExperiment(options)).result },
  })
}
