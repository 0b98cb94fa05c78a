import { COUNT, GOAL, SHARE } from './kind.js'
import type { Row } from './row.js'

const SWEEP = { group: 'SWEEP', commands: { sweep: {} } } as const

/** What a sweep has beside the parameters of its runs. */
export const SWEEP_PARAMETERS = {
  find: {
    ...SWEEP,
    kind: GOAL,
    flag: 'find',
    help: "search for the highest --rate at which this holds, such as 'loss<0.1% && p99<5ms'; also p50, p90, p99.9 and max, of the response time",
  },
  goalWidth: {
    ...SWEEP,
    kind: SHARE,
    flag: 'goal-width',
    min: 0.001,
    max: 0.5,
    default: '5%',
    help: 'how far apart the bounds of the capacity may be',
  },
  exceedRatio: {
    ...SWEEP,
    kind: SHARE,
    flag: 'exceed-ratio',
    min: 0,
    max: 0.9,
    default: '0.5',
    help: 'share of the trials at a rate that may be bad',
  },
  repeat: {
    kind: COUNT,
    flag: 'repeat',
    min: 1,
    max: 100,
    default: '1',
    help: 'repetitions, each a fresh draw: new processes, ports and seed',
    group: 'LOAD',
    commands: {
      run: {},
      churn: {},
      sweep: { group: 'SWEEP', default: '3' },
      compare: {
        group: 'COMPARISON',
        default: '10',
        min: 2,
        help: 'pairs of runs, each a fresh draw: new processes, ports and seed',
      },
    },
  },
} as const satisfies Readonly<Record<string, Row>>
