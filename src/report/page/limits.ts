import { formatApart, formatMeasure } from '../../units/measure.js'
import { formatCount } from '../../units/format.js'
import { TIME_FIGURES } from '../../plan/metrics/latency.js'
import type { ThresholdResult } from '../../result/thresholds.js'
import { type Markup, markup } from '../svg/markup.js'
import { pointLabel } from '../../plan/sweep-plan.js'
import type { Tone } from '../style.js'
import { toned, type Section, type Verdict } from './parts.js'
import { table } from './table.js'

export interface LatencyLimit {
  quantile: number
  /** ns */
  limit: number
  text: string
  tone: 'good' | 'bad' | ''
}

const TONES: Readonly<Record<ThresholdResult['outcome'], Tone>> = {
  pass: 'good',
  fail: 'bad',
  'cannot tell': 'warn',
  'not measured': 'warn',
}

const lineTone = ({ outcome }: ThresholdResult): 'good' | 'bad' | '' =>
  outcome === 'pass' ? 'good' : outcome === 'fail' ? 'bad' : ''

const shortly = ({ operator, limit, unit, outcome }: ThresholdResult, name: string): string =>
  `${name} ${operator} ${formatMeasure(limit, unit)}: ${outcome}`

type Limited = { thresholds?: ThresholdResult[] | undefined }

/** Limits of percentiles of one of the two times, as a chart of them draws them. */
export function latencyLimits({ thresholds = [] }: Limited, time: 'response' | 'service'): LatencyLimit[] {
  return thresholds.flatMap((threshold) => {
    const figure = threshold.metric.startsWith(`latency.${time}.`)
      ? threshold.metric.slice(`latency.${time}.`.length)
      : ''
    const beyond =
      figure in TIME_FIGURES ? TIME_FIGURES[figure as keyof typeof TIME_FIGURES].beyond : undefined
    if (beyond === undefined) return []
    return [
      {
        quantile: 1 - beyond,
        limit: threshold.limit,
        text: shortly(threshold, figure),
        tone: lineTone(threshold),
      },
    ]
  })
}

/** Limits of one metric, as a chart draws them. */
export function limitsOf({ thresholds = [] }: Limited, metric: string, name: string) {
  return thresholds
    .filter((threshold) => threshold.metric === metric)
    .map((threshold) => ({
      value: threshold.limit,
      text: shortly(threshold, name),
      tone: lineTone(threshold),
    }))
}

/** How many of the limits hold, in a word for the top. */
export function limitsVerdict({ thresholds = [] }: Limited): Verdict[] {
  if (thresholds.length === 0) return []
  const those = (outcome: ThresholdResult['outcome']): number =>
    thresholds.filter((threshold) => threshold.outcome === outcome).length
  const [passed, failed] = [those('pass'), those('fail')]
  const open = thresholds.length - passed - failed
  const word =
    failed > 0
      ? `${failed} of ${thresholds.length} ${failed === 1 ? 'fails' : 'fail'}`
      : open > 0
        ? `${passed} of ${thresholds.length} pass`
        : thresholds.length === 1
          ? 'passes'
          : `all ${thresholds.length} pass`
  return [{ about: 'limits', word, tone: failed > 0 ? 'bad' : open > 0 ? 'warn' : 'good' }]
}

/** Each limit with what was observed. */
export function limitsSection({ thresholds = [] }: Limited): Section[] {
  const content = table<ThresholdResult>(
    'Limits that were set, and how this result fares',
    [
      { title: 'limit', words: true, cell: expressionOf },
      { title: 'outcome', words: true, cell: ({ outcome }) => toned(outcome, TONES[outcome]) },
      { title: 'at', words: true, cell: ({ point }) => point && pointLabel(point) },
      { title: 'observed', cell: observedOf },
      {
        title: '99 % between',
        cell: ({ low, high, unit }) =>
          low !== undefined &&
          high !== undefined &&
          `${formatMeasure(low, unit)} – ${formatMeasure(high, unit)}`,
      },
      {
        title: 'observations',
        cell: ({ n, of }) => n !== undefined && of !== undefined && `${formatCount(n)} ${of}`,
      },
      { title: 'why', long: true, cell: ({ reason }) => reason },
    ],
    thresholds,
  )
  return content === false ? [] : [{ key: 'limits', title: 'Limits', content }]
}

const expressionOf = ({ metric, operator, limit, unit }: ThresholdResult): Markup =>
  markup`<code>${metric} ${operator} ${formatMeasure(limit, unit)}</code>`

function observedOf({ observed, limit, unit, aggregate, results }: ThresholdResult): string | undefined {
  if (observed === undefined) return undefined
  const [seen] = formatApart(observed, limit, unit)
  return aggregate === undefined ? seen : `${seen} (${aggregate} of ${results})`
}
