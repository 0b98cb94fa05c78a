import { choiceOf, TEXT } from './kind.js'
import type { Row } from './row.js'

/** Of which of several results a threshold must hold. */
export const AGGREGATES = ['median', 'all', 'any'] as const
export type Aggregate = (typeof AGGREGATES)[number]

const LIMIT = { group: 'LIMITS', commands: { run: {}, sweep: {}, churn: {}, verify: {} } } as const

/** What results are held against. It is no part of a plan: nothing that is measured depends on it. */
export const LIMIT_PARAMETERS = {
  threshold: {
    ...LIMIT,
    kind: TEXT,
    flag: 'threshold',
    value: 'LIMIT',
    multiple: true,
    help: "limit that a metric must keep, such as 'latency.response.p99<2ms' (rpbench metrics lists them)",
    detail: 'also of check and report, for saved results',
  },
  thresholdOn: {
    ...LIMIT,
    kind: choiceOf(AGGREGATES),
    flag: 'threshold-on',
    value: AGGREGATES.join('|'),
    default: 'median',
    help: 'of which of several repetitions thresholds must hold',
    detail: 'also of check and report',
  },
} as const satisfies Readonly<Record<string, Row>>
