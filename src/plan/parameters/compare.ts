import { SHARE, SWITCH, TEXT } from './kind.js'
import type { Row } from './row.js'

const COMPARISON = { group: 'COMPARISON', commands: { compare: {} } } as const

/** What a comparison has beside its sides. */
export const COMPARE_PARAMETERS = {
  bound: {
    ...COMPARISON,
    kind: SHARE,
    flag: 'bound',
    min: 0.001,
    max: 1,
    default: '5%',
    help: 'the change that counts: 5% is a factor of 1.05 either way',
  },
  metrics: {
    ...COMPARISON,
    kind: TEXT,
    value: 'NAME',
    flag: 'metric',
    multiple: true,
    unset: 'rate, p50, p99, loss, balance',
    help: 'what to compare, by its name in rpbench metrics',
  },
  runs: {
    ...COMPARISON,
    kind: TEXT,
    value: 'FLAGS',
    flag: 'run',
    multiple: true,
    help: 'flags of rpbench run, in quotes: given twice, base and new are measured now, in pairs',
  },
  allowDifferentPlans: {
    ...COMPARISON,
    kind: SWITCH,
    flag: 'allow-different-plans',
    help: 'compare saved results also where they were measured under different flags',
  },
} as const satisfies Readonly<Record<string, Row>>
