import type { Finding } from '../../result/run-result.js'
import type { CheckCode, NoteCode } from './codes.js'
import type { ExperimentKind, Observations } from './observations.js'

/** What a row speaks of: these experiments, or all; an open loop or a closed one, or both. */
export interface AppliesTo {
  experiments?: readonly ExperimentKind[]
  load?: 'open' | 'closed'
  /** only of members that tell what they do; only of a server that tells nothing */
  members?: 'known' | 'unknown'
}

export interface Measurement {
  measured: number
  limit: number
  /** the limit is the least that is good, not the most */
  atLeast?: boolean
}

export type Severity = Finding['severity']

/** A property that is measured and held against a limit. */
export interface CheckRow {
  code: CheckCode
  appliesTo?: AppliesTo
  /** undefined where there is nothing to measure */
  measure(observed: Observations): Measurement | undefined
  /** how severe it is when the check fails */
  severity: Severity | ((observed: Observations, measurement: Measurement) => Severity)
}

/** Something that a reader should know, without a limit that could have been passed. */
export interface NoteRow {
  code: NoteCode
  appliesTo?: AppliesTo
  severity: Severity
  /** undefined where there is nothing to say; else how much of it there was, where that is a number */
  notice(observed: Observations): Partial<Measurement> | undefined
}

export const isOpenLoop = ({ load }: Observations): boolean => load.rateHz !== undefined

/** Whether a row speaks of what was observed. */
export function applies({ experiments, load, members }: AppliesTo, observed: Observations): boolean {
  if (members !== undefined && (members === 'unknown') !== (observed.load.membersUnknown === true))
    return false
  const rightLoad = load === undefined || (load === 'open') === isOpenLoop(observed)
  return rightLoad && (experiments === undefined || experiments.includes(observed.experiment))
}
