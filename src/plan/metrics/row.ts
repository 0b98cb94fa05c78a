import type { Unit } from '../../units/measure.js'

export { UNITS } from '../../units/measure.js'

/** The commands whose results have metrics. */
export const MEASURING_COMMANDS = ['run', 'churn', 'sweep', 'verify'] as const
export type MeasuringCommand = (typeof MEASURING_COMMANDS)[number]

/** What a plan must have for a metric to be measured. */
export type Need =
  'open loop' | 'flows with a member' | 'observed hashes' | 'search' | 'connections' | 'dns' | 'http'

/** One figure that can be taken of results: all that is said of it is said here. */
export interface MetricRow {
  readonly unit: Unit
  /** which way is better; `none` where a figure is good neither small nor large */
  readonly better: 'lower' | 'higher' | 'none'
  /** its best value, where that is none at all: of such figures there is no ratio */
  readonly best?: 0
  /** what it says, in one line that begins in lower case */
  readonly meaning: string
  /** when it is not defined, beside what its plan needs */
  readonly absent?: string
  /** of whose results it can be taken */
  readonly commands: readonly MeasuringCommand[]
  readonly needs?: Need
}
