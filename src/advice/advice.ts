import type { FindingCode } from '../analysis/validity/codes.js'
import type { Observations } from '../analysis/validity/observations.js'
import type { Found } from '../analysis/validity/validity.js'
import type { Finding } from '../result/run-result.js'
import { COUNT_WORDS } from './count-words.js'
import { GENERATOR_WORDS } from './generator-words.js'
import { HOST_WORDS } from './host-words.js'
import { NOTE_WORDS } from './note-words.js'
import type { WordsOf } from './words.js'

const WORDS: WordsOf<FindingCode> = { ...COUNT_WORDS, ...GENERATOR_WORDS, ...HOST_WORDS, ...NOTE_WORDS }

/** Says in the words of the tool what was found: what happened, why it matters, and what to try next. */
export function inWords(found: Found, observed: Observations): Finding {
  const { code, severity, ...figures } = found
  const { measured = 0, limit = 0 } = figures
  const { message, nextStep } = WORDS[code](observed, { measured, limit })
  return { code, severity, message, ...figures, ...(nextStep !== undefined && { nextStep }) }
}
