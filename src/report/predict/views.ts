import type { PredictResult } from '../../result/predict-result.js'
import { jsonView, type ShownResult, type Views } from '../views.js'
import { renderPredictText } from './text.js'

export const PREDICT_VIEWS: Views<ShownResult<PredictResult>> = {
  text: { render: ({ result }, options) => renderPredictText(result, options) },
  json: jsonView,
}
