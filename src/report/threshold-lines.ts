import type { ThresholdResult } from '../result/thresholds.js'
import { formatCount } from '../units/format.js'
import { formatApart, formatMeasure } from '../units/measure.js'
import { layOut, type Line, type Phrase } from './line.js'
import type { Style, Tone } from './style.js'
import { pointLabel } from './sweep-pictures.js'

const TONES: Readonly<Record<ThresholdResult['outcome'], Tone>> = {
  pass: 'good',
  fail: 'bad',
  'cannot tell': 'warn',
  'not measured': 'warn',
}

/** The thresholds that were set, a line each, after an empty one; nothing where there are none. */
export function thresholdBlock(
  { thresholds = [] }: { thresholds?: ThresholdResult[] | undefined },
  style: Style,
): string[] {
  if (thresholds.length === 0) return []
  return ['', ...layOut(thresholds.map(thresholdLine), style)]
}

function thresholdLine(threshold: ThresholdResult, i: number): Line {
  const { outcome, reason, point } = threshold
  const phrases: Phrase[] = [
    ...(point ? [{ text: pointLabel(point) }] : []),
    ...figures(threshold),
    ...(reason === undefined ? [] : [{ text: reason }]),
  ]
  return { label: i === 0 ? 'limits' : '', verdict: { text: outcome, tone: TONES[outcome] }, phrases }
}

function figures({
  metric,
  operator,
  limit,
  unit,
  observed,
  n,
  of,
  low,
  high,
  results,
  aggregate,
}: ThresholdResult): Phrase[] {
  if (observed === undefined) return [{ text: `${metric} ${operator} ${formatMeasure(limit, unit)}` }]
  const [seen, bound] = formatApart(observed, limit, unit)
  const between =
    low === undefined || high === undefined
      ? []
      : [`99 % between ${formatMeasure(low, unit)} and ${formatMeasure(high, unit)}`]
  return [
    `${metric} ${operator} ${bound}`,
    `${aggregate === undefined ? '' : `${aggregate} of ${results}: `}${seen}`,
    ...between,
    ...(n === undefined || of === undefined
      ? []
      : [`${formatCount(n)} ${n === 1 ? of.replace(/s$/, '') : of}`]),
  ].map((text) => ({ text }))
}
