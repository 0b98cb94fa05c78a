import * as z from 'zod'
import { DESIGNS } from '../plan/comparison.js'
import { UNITS } from '../plan/metrics/row.js'
import { METRIC_NAMES } from '../plan/metrics/table.js'
import { envelope, host, label } from './envelope.js'
import { plannedRun } from './plan-schema.js'
import { count, finite, index, instant, probability, share } from './scalars.js'
import { spread } from './spread.js'
import { COMPARE_SCHEMA } from './schema-names.js'

export const COMPARE_VERDICTS = ['better', 'worse', 'no worse', 'cannot tell'] as const

const VERDICT =
  '`worse`, `better`: significant, and beyond the bound; `no worse`: the whole interval is on the good side of the bound; `cannot tell`: neither'

const side = z.object({
  name: z.string().describe('what the user named: a file, a folder, a pattern, or the flags of its runs'),
  results: count.describe('results in it, with those that are left out'),
  used: count.describe('of those, the ones that are compared: measurements that came to their end'),
  suspect: count.describe('of those that are compared, the ones whose validity is suspect'),
  leftOut: z
    .array(
      z.object({
        source: z.string().describe('file of the result, with the number of the repetition in it'),
        outcome: z.enum(['invalid', 'failed', 'interrupted']).describe('how it came out'),
        why: z.string().describe('why, as a sentence'),
      }),
    )
    .describe('results that are no measurement: invalid, failed or interrupted'),
  skipped: z
    .array(
      z.object({
        file: z.string().describe('its path'),
        why: z.string().describe('what it is instead'),
      }),
    )
    .describe('JSON files of the folder that are no results of this kind'),
  from: instant.describe('when the first of its results began'),
  to: instant.describe('when the last of its results began'),
  host,
  plan: plannedRun,
})

const metricSide = spread.extend({
  values: z.array(finite).describe('value of each result, in the order of the pairs where there are pairs'),
})

const comparedMetric = z.object({
  metric: z.enum(METRIC_NAMES).describe('name of the metric (`rpbench metrics`)'),
  unit: z.enum(UNITS).describe('of its values'),
  better: z.enum(['lower', 'higher']).describe('which way is better'),
  base: metricSide.describe('its values on the base side, in the unit of the metric'),
  new: metricSide.describe('its values on the new side'),
  effect: z
    .enum(['ratio', 'difference'])
    .describe('how a change is expressed: new over base, or new less base for shares and where a value is 0'),
  change: z
    .object({
      value: finite.describe('Hodges–Lehmann estimate of the ratio, or of the difference'),
      lower: finite
        .optional()
        .describe('lower end of its interval; absent where so few results bound nothing'),
      upper: finite.optional().describe('upper end of its interval'),
      confidence: probability.describe(
        'how often such an interval holds the change at least: 0.95, or more where that alone would exclude “no change” and the p-value, adjusted for the other metrics, does not',
      ),
    })
    .describe('how the new side differs from the base'),
  pValue: probability.describe('how often two sides alike differ as much (exact, two-sided)'),
  adjustedPValue: probability.describe('the same, adjusted for all metrics that were compared (Holm)'),
  significant: z.boolean().describe('whether the adjusted p-value is at most alpha'),
  bound: finite.describe(
    'the change that counts, either way: of a ratio as a factor above 1, else in the unit of the metric',
  ),
  verdict: z.enum(COMPARE_VERDICTS).describe(VERDICT),
  detectable: finite
    .optional()
    .describe(
      'smallest change that such results would show as significant in 4 of 5 cases, as `bound`; absent where none would be',
    ),
  neededRepetitions: count
    .optional()
    .describe(
      'about how many repetitions a side would show a change of the size of the bound; absent where these do',
    ),
})

const planDifference = z.object({
  flag: z.string().describe('the parameter, by its flag'),
  base: z.string().describe('its value on the base side'),
  new: z.string().describe('its value on the new side'),
})

const hostDifference = z.object({
  field: z
    .string()
    .describe(
      'what differs: a field of the host, the version of rpbench, or a trait of the host by the id that `rpbench doctor` has for it',
    ),
  base: z.string().describe('its value on the base side'),
  new: z.string().describe('its value on the new side'),
})

export const compareResult = z.object({
  ...envelope(COMPARE_SCHEMA),
  label,
  stopped: z
    .literal('interrupted')
    .optional()
    .describe('ended before its time; the whole pairs that were made until then are compared'),
  of: z.enum(['run', 'churn']).describe('what is compared'),
  design: z
    .enum(DESIGNS)
    .describe(
      '`paired`: runs of both sides one after the other, in random order (test of signed ranks); `unpaired`: saved results (Mann–Whitney)',
    ),
  alpha: probability.describe('chance that two sides alike differ significantly in any metric'),
  bound: share.describe('the change that counts, as it was asked for'),
  verdict: z
    .enum(COMPARE_VERDICTS)
    .describe('over all metrics: the worst, where `cannot tell` is worse than `no worse`'),
  base: side.describe('what it is compared with'),
  new: side.describe('what is compared with it'),
  differences: z
    .object({
      plan: z.array(planDifference).describe('parameters that differ, but for the seed'),
      host: z.array(hostDifference).describe('what differs between where, and by what, they were measured'),
    })
    .describe('how the sides differ, beside their figures'),
  metrics: z.array(comparedMetric).describe('each metric that was compared'),
  notCompared: z
    .array(
      z.object({
        metric: z.enum(METRIC_NAMES).describe('name of the metric'),
        lackedBy: z.enum(['base', 'new', 'both']).describe('which side has no value of it'),
        why: z.string().describe('when it is not defined, as a sentence'),
      }),
    )
    .describe(
      'metrics that would have been compared, and are not on both sides; one that was asked for, or that only one side has, makes the verdict `cannot tell` where it would be good',
    ),
  pairs: z
    .array(
      z.object({
        index: index.describe('number of the pair, from 0'),
        first: z.enum(['base', 'new']).describe('which of the two was measured first'),
        used: z.boolean().describe('whether both are measurements'),
      }),
    )
    .optional()
    .describe('of runs that were made in pairs: the whole pairs, in the order of time'),
})

export type CompareResult = z.infer<typeof compareResult>
export type ComparedSide = z.infer<typeof side>
export type ComparedMetric = z.infer<typeof comparedMetric>
export type CompareVerdict = (typeof COMPARE_VERDICTS)[number]
