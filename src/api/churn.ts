import { churnExperiment } from '../experiment/churn.js'
import type { RunOptions } from '../experiment/run.js'
import { prepareTraffic } from '../experiment/traffic.js'
import type { FlagTexts } from '../plan/parameters/texts.js'
import type { ChurnResult } from '../result/churn-result.js'
import { planChurn } from './plan-churn.js'
import { preparedRuns, type PreparedRuns } from './prepared-runs.js'
import { judgeable, readThresholds, type ThresholdTexts } from './read-thresholds.js'

/**
 * Plans a run through changes on this host.
 * @throws RpbenchError (wrong usage) naming the flag; nothing was started then
 */
export function prepareChurn(
  texts: FlagTexts<'churn'> & ThresholdTexts,
): PreparedRuns<{ result: ChurnResult }> {
  const { plan, changes, ...asked } = planChurn(texts)
  const measure = (options: RunOptions): Promise<ChurnResult> => churnExperiment({ ...options, changes })
  return preparedRuns({
    ...asked,
    plan,
    thresholds: readThresholds(texts, { command: 'churn', ...judgeable([plan]) }),
    traffic: prepareTraffic(plan),
    measure: async (options) => ({ result: await measure(options) }),
    repeatedAs: { of: 'churn', measure },
  })
}
