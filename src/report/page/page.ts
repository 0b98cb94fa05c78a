import { kindOf, type ResultKind, type ResultOf, type SavedResult } from '../../result/saved-result.js'
import { attachBody } from './attach.js'
import { churnBody } from './churn.js'
import { compareBody } from './compare.js'
import { documentOf } from './document.js'
import { predictBody, selectorsBody } from './models.js'
import type { Body } from './parts.js'
import { repeatBody } from './repeat.js'
import { runBody } from './run.js'
import { sweepBody } from './sweep.js'
import { verifyBody } from './verify.js'

const BODIES: { readonly [Kind in ResultKind]: (result: ResultOf<Kind>) => Body } = {
  run: runBody,
  churn: churnBody,
  repeat: repeatBody,
  sweep: sweepBody,
  verify: verifyBody,
  selectors: selectorsBody,
  predict: predictBody,
  compare: compareBody,
  attach: attachBody,
}

/**
 * One result or several as a page of HTML that needs nothing else: no network, no script to be read. The results are in it
 * as they are, and `embeddedTexts` has them again. It loads hdr-histogram-js.
 */
export function page(results: readonly SavedResult[]): string {
  return documentOf(results.map((result) => ({ result, body: bodyOf(result) })))
}

function bodyOf(result: SavedResult): Body {
  const make = BODIES[kindOf(result)!] as (result: SavedResult) => Body
  return make(result)
}
