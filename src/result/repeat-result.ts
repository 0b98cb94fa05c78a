import * as z from 'zod'
import { METRIC_NAMES } from '../plan/metrics/table.js'
import { churnResult } from './churn-result.js'
import { measuredEnvelope } from './envelope.js'
import { notDone } from './not-done.js'
import { plannedRun } from './plan-schema.js'
import { runResult } from './run-result.js'
import { count, finite, index, ns, probability } from './scalars.js'
import { spread } from './spread.js'
import { thresholds } from './thresholds.js'
import { affinityClaim, balanceClaim } from './verify-result.js'
import { REPEAT_SCHEMA } from './schema-names.js'

const repetition = z.object({
  index: index.describe('number of the repetition, from 0'),
  seed: index.describe('of its random choices'),
  wallNs: ns.describe(
    'from the start of its group to its end; of a run that was saved by itself, its measured phase',
  ),
  error: notDone,
  run: runResult.optional().describe('its whole result, of `run`'),
  churn: churnResult.optional().describe('its whole result, of `churn`'),
})

/** Of one metric, over the repetitions that are measurements. */
const figure = spread.extend({
  metric: z.enum(METRIC_NAMES).describe('name of the metric, as `rpbench metrics` lists it, with its unit'),
  n: count.describe('repetitions in which it was measured'),
})

/** A change of `churn`, over the repetitions in which it was seen. */
const pooledChange = z.object({
  change: z.string().describe('the change, as it was asked for'),
  seen: count.describe('repetitions in which it was seen, and that are measurements'),
  asPredicted: count.describe('of those, the ones in which flows moved as predicted'),
  differs: count.describe('of those, the ones in which they did not'),
  uniformity: z
    .object({
      statistic: finite.describe('greatest distance of their distribution from the uniform one'),
      pValue: probability.describe('how often uniform p-values are as far from it, or further'),
    })
    .optional()
    .describe(
      'whether the p-values of its tests look uniform, as they do where the model holds (Kolmogorov–Smirnov); absent where the test was flow by flow',
    ),
})

export const repeatResult = z.object({
  ...measuredEnvelope(REPEAT_SCHEMA),
  durationNs: ns.describe('wall time, with the start of every group'),
  stopped: z
    .literal('interrupted')
    .optional()
    .describe('ended before its time; the repetitions that were carried out are all here'),
  of: z.enum(['run', 'churn']).describe('what was repeated'),
  plan: plannedRun,
  repeat: count.describe('repetitions that were asked for'),
  independentRepetitions: count
    .optional()
    .describe(
      'how many of the repetitions have no source in common with another, as with `port` given; absent where that is so of all',
    ),
  repetitions: z.array(repetition).describe('each with its whole result, in the order of time'),
  claims: z
    .array(z.discriminatedUnion('id', [affinityClaim, balanceClaim]))
    .optional()
    .describe(
      'of `run`: what all repetitions together say of affinity and balance; absent without a measurement',
    ),
  changes: z.array(pooledChange).optional().describe('of `churn`: what all repetitions say of each change'),
  figures: z.array(figure).describe('median and interval of each metric that was measured'),
  thresholds,
})

export type Repetition = z.infer<typeof repetition>
export type Figure = z.infer<typeof figure>
export type PooledChange = z.infer<typeof pooledChange>
export type RepeatResult = z.infer<typeof repeatResult>
