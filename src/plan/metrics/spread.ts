import type { MetricRow } from './row.js'

const BY_FLOW = { needs: 'flows with a member' } as const
const balance = {
  ...BY_FLOW,
  absent: 'no flow was answered',
  commands: ['run', 'sweep', 'verify'],
} as const

/** How flows and datagrams spread over members, and whether flows stay. */
export const SPREAD_METRICS = {
  'balance.maxOverMean': {
    ...balance,
    unit: 'ratio',
    better: 'lower',
    meaning: 'flows of the member that has most, over the mean',
  },
  'balance.minOverMean': {
    ...balance,
    unit: 'ratio',
    better: 'higher',
    meaning: 'flows of the member that has fewest, over the mean',
  },
  'balance.cv': {
    ...balance,
    unit: 'ratio',
    better: 'lower',
    best: 0,
    meaning: 'coefficient of variation of flows per member (Cohen’s w), with what chance adds',
  },
  'balance.pValue': {
    ...balance,
    unit: 'probability',
    better: 'none',
    meaning: 'how often a fair hash spreads flows as unevenly (χ²)',
  },
  'delivery.maxOverMean': {
    unit: 'ratio',
    better: 'lower',
    meaning: 'replies in time of the member that has most, over the mean',
    absent: 'there was no reply in time',
    commands: ['run', 'sweep'],
  },
  'delivery.shortfall': {
    ...BY_FLOW,
    unit: 'share',
    better: 'lower',
    best: 0,
    meaning: 'how much less of its requests the lowest member answers than the highest',
    absent: 'a member died, or nothing was taken',
    commands: ['run'],
  },
  'taken.cv': {
    ...BY_FLOW,
    unit: 'ratio',
    better: 'lower',
    best: 0,
    meaning: 'coefficient of variation of the requests taken per member',
    absent: 'nothing was taken',
    commands: ['run'],
  },
  'affinity.moved': {
    ...BY_FLOW,
    unit: 'count',
    better: 'lower',
    best: 0,
    meaning: 'flows seen at a second member while the group did not change',
    commands: ['run', 'sweep', 'verify'],
  },
  'affinity.unanswered': {
    unit: 'count',
    better: 'lower',
    best: 0,
    meaning: 'flows that were asked and never answered',
    commands: ['run', 'verify'],
  },
  'hash.elsewhere': {
    unit: 'count',
    better: 'lower',
    best: 0,
    meaning: 'flows at another member than their hash puts them at',
    absent: 'no hash was observed',
    commands: ['run'],
    needs: 'observed hashes',
  },
} as const satisfies Readonly<Record<string, MetricRow>>
