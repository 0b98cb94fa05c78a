import type { FindingCode } from '../analysis/validity/codes.js'
import type { Observations } from '../analysis/validity/observations.js'
import type { Finding } from '../result/run-result.js'

/** What a finding says: what happened and why it matters, and what to try next. */
export type Words = Pick<Finding, 'message' | 'nextStep'>

/** Puts what was found into words; `measured` is 0 where there is no such number. */
export type InWords = (observed: Observations, found: { measured: number; limit: number }) => Words

/** Words for some of the codes. */
export type WordsOf<Code extends FindingCode> = Readonly<Record<Code, InWords>>
