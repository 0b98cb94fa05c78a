import { kindOf, type ResultKind, type ResultOf, type SavedResult } from '../../result/saved-result.js'
import { renderAttachText } from '../attach/text.js'
import { renderChurnText } from '../churn/text.js'
import { renderCompareText } from '../compare/text.js'
import { renderPredictText } from '../predict/text.js'
import { renderRepeatText } from '../repeat/text.js'
import { renderRunText } from '../run/text.js'
import { renderSelectorsText } from '../selectors/text.js'
import { createStyle } from '../style.js'
import { renderSweepText } from '../sweep/text.js'
import { renderVerifyText } from '../verify/text.js'
import type { TextOptions } from '../views.js'
import type { Reported } from './format.js'

const TEXTS: { readonly [Kind in ResultKind]: (result: ResultOf<Kind>, options: TextOptions) => string } = {
  run: renderRunText,
  churn: renderChurnText,
  repeat: renderRepeatText,
  sweep: renderSweepText,
  verify: renderVerifyText,
  selectors: renderSelectorsText,
  predict: renderPredictText,
  compare: renderCompareText,
  attach: renderAttachText,
}

/** A result as the command that made it printed it. */
export function resultText(result: SavedResult, options: TextOptions): string {
  const render = TEXTS[kindOf(result)!] as (result: SavedResult, options: TextOptions) => string
  return render(result, options)
}

/** The text of each result, one after another; of several, each under the name of its file. */
export function reportText(reported: readonly Reported[], options: TextOptions): string {
  const style = createStyle(options)
  return reported
    .map(({ file, result }) => {
      const text = resultText(result, options)
      return reported.length > 1 ? `${style.plain(file)}\n\n${text}` : text
    })
    .join('\n')
}
