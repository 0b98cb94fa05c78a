import type { ComparedMetric, CompareResult } from '../../result/compare-result.js'
import { formatCount, formatPercent } from '../../units/format.js'
import { formatMeasure } from '../../units/measure.js'
import { plural } from '../../units/plural.js'
import { formatP } from '../spread-lines.js'

const signed = (value: number, text: string): string =>
  value === 0 ? text : value < 0 ? `\u{2212}${text}` : `+${text}`

/** A change in short: `+3.4 %` of a ratio, `+0.12 points` of a share, `+3 µs` of what may be 0. */
export function changeText(value: number, { effect, unit }: Pick<ComparedMetric, 'effect' | 'unit'>): string {
  const size = effect === 'ratio' ? value - 1 : value
  return signed(size, sizeText(Math.abs(size), { effect, unit }))
}

/** The size of a change: of a ratio as a part of the base. */
export function sizeText(size: number, { effect, unit }: Pick<ComparedMetric, 'effect' | 'unit'>): string {
  if (effect === 'ratio') return size < 1 ? percent(size) : `${formatCount(size * 100)} %`
  return unit === 'share' ? `${Number((size * 100).toPrecision(3))} points` : formatMeasure(size, unit, 3)
}

/** Whole where it is, to a tenth else, and what is small to two digits. */
const percent = (share: number): string =>
  share < 0.01 ? `${Number((share * 100).toPrecision(2))} %` : formatPercent(share).replace('.0 %', ' %')

/** `−1.2 % to +0.9 %`, or nothing where so few results bound nothing. */
export function intervalText(metric: ComparedMetric): string {
  const { lower, upper } = metric.change
  return lower === undefined || upper === undefined
    ? ''
    : `${changeText(lower, metric)} to ${changeText(upper, metric)}`
}

/** What is known of a metric that changed: how, how sure, at which p. */
export function findingText(metric: ComparedMetric): string {
  const { adjustedPValue, change } = metric
  const between = intervalText(metric)
  return `${metric.metric} ${changeText(change.value, metric)} (${between === '' ? '' : `${formatPercent(change.confidence, 0)}: ${between}, `}${pText(adjustedPValue)})`
}

/** Why of a metric it cannot be told, and what it would take. */
export function doubtText(metric: ComparedMetric, design: CompareResult['design']): string {
  const { detectable, significant, neededRepetitions, bound, change, base, new: next } = metric
  const [one, many] = design === 'paired' ? ['pair', 'pairs'] : ['result a side', 'results a side']
  const size = sizeText(bound, metric)
  const takes =
    neededRepetitions === undefined
      ? ''
      : `; for ${size} it takes about ${plural(neededRepetitions, one, many)}`
  if (change.lower === undefined || detectable === undefined)
    return `${plural(Math.min(base.values.length, next.values.length), one, many)} cannot show any change${takes}`
  if (significant) return `it differs, and whether by more than ${size} is open${takes}`
  return `a change of less than about ${sizeText(detectable, metric)} would not show${takes}`
}

/** The answer over all metrics, in sentences. */
export function answerTexts({ metrics, verdict, bound, notCompared }: CompareResult): string[] {
  const those = metrics.filter((metric) => metric.verdict === verdict)
  const all = plural(metrics.length, 'metric', 'metrics')
  if (metrics.length === 0) return ['nothing was measured on both sides']
  if (verdict === 'no worse')
    return [`each of ${all} is within ${sizeText(bound, RATIO)} of the base, or better`]
  if (verdict === 'cannot tell' && those.length === 0) return [lacking(notCompared)]
  if (verdict === 'cannot tell')
    return [`${those.length} of ${all}: ${those.map(({ metric }) => metric).join(', ')}`]
  return those.map(findingText)
}

const lacking = (notCompared: CompareResult['notCompared']): string =>
  `${notCompared.map(({ metric }) => metric).join(', ')}: not measured on both sides`

/** Why a metric was not compared. */
export function absenceText({ metric, lackedBy, why }: CompareResult['notCompared'][number]): string {
  const where = lackedBy === 'both' ? 'not measured' : `not measured on the ${lackedBy} side`
  return `${metric}: ${where}: ${why}`
}

const RATIO = { effect: 'ratio', unit: 'ratio' } as const

/** How it was made and tested. */
export function methodText({ design, metrics, base, new: next }: CompareResult): string {
  const n =
    design === 'paired'
      ? plural(base.results, 'pair', 'pairs')
      : `${base.results} against ${plural(next.results, 'result', 'results')}`
  const test = design === 'paired' ? 'in random order, signed-rank test' : 'Mann–Whitney test'
  return `${n}, ${test}, p adjusted for ${plural(metrics.length, 'metric', 'metrics')} (Holm)`
}

/** A p-value of an exact test, which can be 1. */
export const pText = (p: number): string => (p === 1 ? 'p 1' : formatP(p))
