import type { ThresholdResult } from '../result/thresholds.js'
import { formatCount } from '../units/format.js'
import { formatApart, formatMeasure } from '../units/measure.js'
import { layOut, type Line } from './line.js'
import type { Style, Tone } from './style.js'
import { pointLabel } from '../plan/sweep-plan.js'

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
  const { outcome, point } = threshold
  const facts = [...(point ? [pointLabel(point)] : []), ...thresholdFacts(threshold)]
  return {
    label: i === 0 ? 'limits' : '',
    verdict: { text: outcome, tone: TONES[outcome] },
    phrases: facts.map((text) => ({ text })),
  }
}

/** The limit, what was observed, what that rests on, and why it cannot be told, as far as each is known. */
export function thresholdFacts(threshold: ThresholdResult): string[] {
  return [...figures(threshold), ...(threshold.reason === undefined ? [] : [threshold.reason])]
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
  least,
  greatest,
}: ThresholdResult): string[] {
  if (observed === undefined) return [`${metric} ${operator} ${formatMeasure(limit, unit)}`]
  const [seen, bound] = formatApart(observed, limit, unit)
  const between =
    low === undefined || high === undefined
      ? []
      : [`99 % between ${formatMeasure(low, unit)} and ${formatMeasure(high, unit)}`]
  return [
    `${metric} ${operator} ${bound}`,
    `${aggregate === undefined ? '' : `${aggregate} of ${results}: `}${least === undefined || greatest === undefined ? seen : `${formatMeasure(least, unit)} to ${formatMeasure(greatest, unit)}`}`,
    ...between,
    ...(n === undefined || of === undefined
      ? []
      : [`${formatCount(n)} ${n === 1 ? of.replace(/s$/, '') : of}`]),
  ]
}
