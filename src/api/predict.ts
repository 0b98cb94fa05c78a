import { release } from 'node:os'
import { predictChange, predictSpreadOf } from '../analysis/prediction/prediction.js'
import { ruleOfKernel } from '../kernel/version.js'
import type { FlagTexts } from '../plan/parameters/texts.js'
import type { PredictResult } from '../result/predict-result.js'
import { PREDICT_SCHEMA } from '../result/schema-names.js'
import { planPrediction } from './plan-prediction.js'
import { TOOL_VERSION } from './tool-version.js'

/**
 * Says what the kernel's rule will do.
 * @throws RpbenchError (wrong usage) naming the flag, and where not one thing is asked for
 */
export function predictFrom(texts: FlagTexts<'predict'>): PredictResult {
  const { from, steering, kernel: asked, of } = planPrediction(texts)
  const kernel = asked === 'this' ? release() : asked
  const rule = ruleOfKernel(kernel)
  const prediction =
    of.kind === 'spread' ? predictSpreadOf(from, of.flows, rule) : predictChange(from, of, rule, steering)
  return {
    schema: PREDICT_SCHEMA,
    tool: { name: 'rpbench', version: TOOL_VERSION },
    startedAt: new Date().toISOString(),
    kernel,
    ...prediction,
  }
}
