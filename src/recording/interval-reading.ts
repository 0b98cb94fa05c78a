import type { Life } from '../kernel/group-array.js'
import type { HistogramFigures } from '../stats/histogram.js'

/** What a load counted since the measured phase began. */
export interface ClientCounts {
  sent: number
  /** in time */
  replied: number
  late: number
  /** requests whose deadline passed without a reply */
  givenUp: number
}

/** What was counted for a member in one life since the measured phase began. */
export interface LifeCounts extends Life {
  /** whether it is a member now */
  present: boolean
  taken: number
  drops: number
}

/** Where everything stood when an interval ended. */
export interface IntervalReading {
  /** ns since the session's epoch */
  atNs: number
  phase: 'load' | 'drain'
  counts: ClientCounts
  /** in the order in which they began */
  lives: readonly LifeCounts[]
  /** drops at what stands before all members */
  aheadDrops: number
  /** what was dropped cannot be seen */
  dropsUnknown?: true
  /** of this interval alone, ns: values at PERCENTILES */
  service: HistogramFigures
  response: HistogramFigures
}

/** Something that happened to a group under load. */
export interface GroupEvent {
  kind: 'change' | 'failed-change' | 'death' | 'silent' | 'back'
  /** ns since the session's epoch */
  atNs: number
  /** of a change: in the words of the flag */
  change?: string
  /** of others: whose; absent for the front */
  life?: Life
}

/** The measured phase by interval. */
export interface IntervalsRecording {
  /** the last of them was read when the phase was over */
  readings: readonly IntervalReading[]
  events: readonly GroupEvent[]
}
