import * as z from 'zod'
import { AGGREGATES } from '../plan/parameters/limits.js'
import { OPERATORS } from '../plan/thresholds.js'
import { UNITS } from '../plan/metrics/row.js'
import { count, finite } from './scalars.js'

export const THRESHOLD_OUTCOMES = ['pass', 'fail', 'cannot tell', 'not measured'] as const

/** A limit that was set, and how the result fares against it. */
const threshold = z.object({
  expression: z.string().describe('the threshold, as it was written'),
  metric: z.string().describe('name of the metric (`rpbench metrics`)'),
  operator: z.enum(OPERATORS).describe('how it is held against the limit'),
  limit: finite.describe('in the unit of the metric'),
  unit: z.enum(UNITS).describe('of limit, observed value and bounds'),
  outcome: z
    .enum(THRESHOLD_OUTCOMES)
    .describe(
      '`pass`, `fail`: on which side of the limit it is; `cannot tell`: these observations do not show that; `not measured`: the metric is not defined here',
    ),
  observed: finite
    .optional()
    .describe(
      'value of the metric; median where there are several results; absent where it was not measured',
    ),
  n: count.optional().describe('observations that it rests on, over all results'),
  of: z
    .enum(['requests', 'connections', 'flows', 'members', 'changes', 'trials'])
    .optional()
    .describe('what these observations are'),
  low: finite
    .optional()
    .describe(
      'with 99 % confidence what is behind the figure is at least this; absent where nothing bounds it, or the figure describes this very run',
    ),
  high: finite.optional().describe('the same: at most this'),
  results: count.describe('results that it was taken of: 1, or repetitions'),
  least: finite.optional().describe('least value, where it must hold of `all` or `any` of several results'),
  greatest: finite.optional().describe('greatest value, the same'),
  aggregate: z
    .enum(AGGREGATES)
    .optional()
    .describe('of which of several results it must hold; absent where there is one'),
  reason: z.string().optional().describe('why it fails to tell or was not measured, as a sentence'),
  point: z
    .record(z.string(), z.string())
    .optional()
    .describe('in a sweep: at which point, values of the axes by flag'),
})

export const thresholds = z
  .array(threshold)
  .optional()
  .describe('limits that were set for metrics, and how the result fares; absent without any')

export type ThresholdResult = z.infer<typeof threshold>
