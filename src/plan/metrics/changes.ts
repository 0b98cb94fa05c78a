import type { MetricRow } from './row.js'

const change = {
  better: 'lower',
  commands: ['churn', 'verify'],
  absent: 'no change was carried out',
} as const
const share = {
  ...change,
  unit: 'share',
  best: 0,
  absent: 'no flow was answered both before and after',
} as const

/** What changes of the group did; of several changes, the worst, or their sum where that is said. */
export const CHANGE_METRICS = {
  'changes.movedShare': { ...share, meaning: 'flows at another member after a change; of the worst change' },
  'changes.collateralShare': {
    ...share,
    meaning: 'flows that moved although their member’s process lives; of the worst change',
  },
  'changes.excessShare': {
    ...share,
    meaning: 'flows that moved beyond the least that any scheme could move; of the worst change',
  },
  'changes.darkShare': {
    ...share,
    commands: ['churn'],
    meaning: 'flows that nobody answers after a change; of the worst change',
  },
  'changes.lost': {
    ...change,
    unit: 'count',
    best: 0,
    meaning: 'requests without a reply from a change on; of all changes',
  },
  'changes.settled': {
    ...change,
    unit: 'ns',
    meaning: 'from a change until every flow was at the member it settled at; of the slowest change',
  },
  'changes.p99': {
    ...change,
    unit: 'ns',
    commands: ['churn'],
    meaning: 'response time from a change to half a second after it: 99 % at most; of the worst change',
    absent: 'nothing was answered around a change',
  },
  'changes.differing': {
    ...change,
    unit: 'count',
    best: 0,
    meaning: 'changes that did not move what the model of the kernel’s rule says',
  },
} as const satisfies Readonly<Record<string, MetricRow>>
