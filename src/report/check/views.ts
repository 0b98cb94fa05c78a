import type { ThresholdResult } from '../../result/thresholds.js'
import { givenPhrases, titleLines } from '../header.js'
import { createStyle } from '../style.js'
import { thresholdBlock } from '../threshold-lines.js'
import { jsonView, type Views } from '../views.js'

export interface ShownCheck {
  result: { startedAt: string; label?: string | undefined; thresholds?: ThresholdResult[] | undefined }
  file: string
}

/** How a saved result fares against limits; as JSON, the result with that in it. */
export const CHECK_VIEWS: Views<ShownCheck> = {
  text: {
    render: ({ result, file }, options) => {
      const style = createStyle(options)
      const facts = [{ text: file }, { text: result.startedAt }, ...givenPhrases(result)]
      return [...titleLines('rpbench check', facts, style), ...thresholdBlock(result, style), ''].join('\n')
    },
  },
  json: jsonView,
}
