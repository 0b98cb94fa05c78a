import type {
  ComparedMetric,
  ComparedSide,
  CompareResult,
  CompareVerdict,
} from '../../result/compare-result.js'
import { formatMeasure } from '../../units/measure.js'
import { grid, type GridColumn } from '../grid.js'
import { titleLines } from '../header.js'
import { layOut, type Line, type Phrase } from '../line.js'
import { createStyle, type Style, type Tone } from '../style.js'
import type { TextOptions } from '../views.js'
import {
  absenceText,
  answerTexts,
  changeText,
  doubtText,
  intervalText,
  methodText,
  pText,
  sizeText,
} from './words.js'

export const COMPARE_TONES: Readonly<Record<CompareVerdict, Tone>> = {
  better: 'good',
  'no worse': 'good',
  worse: 'bad',
  'cannot tell': 'warn',
}
/** Below, a metric is a line of words, since a row of a table would lack most. */
const LEAST_COLUMNS = 72
const MOST_LEFT_OUT = 3

/** A comparison as a person reads it: the answer, then the metrics, then what it rests on. */
export function renderCompareText(result: CompareResult, options: TextOptions): string {
  const style = createStyle(options)
  const { metrics } = result
  return [
    ...titleLines('rpbench compare', comparePhrases(result), style),
    '',
    ...layOut([answerLine(result)], style),
    '',
    ...(style.columns < LEAST_COLUMNS
      ? layOut(metrics.map(metricLine), style)
      : grid(metrics, columnsOf(style), style.columns)),
    '',
    ...layOut(compareLines(result), style),
    '',
  ].join('\n')
}

/** What was compared, and how. */
export function comparePhrases(result: CompareResult): Phrase[] {
  const bound = sizeText(result.bound, { effect: 'ratio', unit: 'ratio' })
  return [result.of, `bound ${bound}`, methodText(result)].map((text) => ({ text }))
}

/** The answer over all metrics. */
export function answerLine(result: CompareResult): Line {
  const { verdict } = result
  return {
    label: 'verdict',
    verdict: { text: verdict, tone: COMPARE_TONES[verdict] },
    phrases: answerTexts(result).map((text) => ({ text })),
  }
}

/** What the answer rests on, and what is open. */
export const compareLines = (result: CompareResult): Line[] => [...doubtLines(result), ...restLines(result)]

function metricLine(metric: ComparedMetric): Line {
  const { verdict, change } = metric
  return {
    label: metric.metric,
    verdict: { text: verdict, tone: COMPARE_TONES[verdict] },
    phrases: [changeText(change.value, metric), intervalText(metric)]
      .filter((text) => text !== '')
      .map((text) => ({ text })),
  }
}

function columnsOf(style: Style): GridColumn<ComparedMetric>[] {
  const figure = (title: string, goes: number, cell: (metric: ComparedMetric) => string) => ({
    title,
    align: 'right' as const,
    goes,
    cell: (metric: ComparedMetric) => style.plain(cell(metric)),
  })
  return [
    { title: 'metric', align: 'left', cell: ({ metric }) => metric },
    figure('base', 1, ({ base, unit }) => formatMeasure(base.median, unit)),
    figure('new', 1, ({ new: next, unit }) => formatMeasure(next.median, unit)),
    figure('change', 5, (metric) => changeText(metric.change.value, metric)),
    figure('interval', 4, intervalText),
    figure('p', 3, ({ adjustedPValue }) => pText(adjustedPValue).replace(/^p /, '')),
    { title: '', align: 'left', cell: ({ verdict }) => style.paint(verdict, COMPARE_TONES[verdict]) },
  ]
}

function doubtLines({ metrics, notCompared, design }: CompareResult): Line[] {
  const open = metrics.filter(({ verdict }) => verdict === 'cannot tell')
  const doubts = [...new Set(open.map((metric) => doubtText(metric, design)))]
  return [
    ...doubts.map((doubt, i): Line => {
      const those = open.filter((metric) => doubtText(metric, design) === doubt)
      return {
        label: i === 0 ? 'open' : '',
        phrases: [{ text: `${those.map(({ metric }) => metric).join(', ')}: ${doubt}` }],
      }
    }),
    ...notCompared.map((one, i): Line => ({
      label: i === 0 ? 'without' : '',
      phrases: [{ text: absenceText(one) }],
    })),
  ]
}

function differ(label: string, all: readonly { name: string; base: string; new: string }[]): Line[] {
  if (all.length === 0) return []
  const phrases = all.map((one) => ({ text: `${one.name} ${one.base} → ${one.new}` }))
  return [{ label, verdict: { text: 'differ', tone: 'warn' }, phrases }]
}

/** Of two sides that are the same: what the host changes by itself. */
function floorLines({ design, differences, metrics }: CompareResult): Line[] {
  if (design !== 'paired' || differences.plan.length > 0) return []
  const floors = metrics.flatMap((metric) =>
    metric.detectable === undefined ? [] : [`${metric.metric} ${sizeText(metric.detectable, metric)}`],
  )
  if (floors.length === 0) return []
  const what = 'the same on both sides: smaller changes than these do not show in so many pairs on this host'
  return [{ label: 'floor', phrases: [what, ...floors].map((text) => ({ text })) }]
}

function restLines(result: CompareResult): Line[] {
  const { base, new: next, differences, design, stopped } = result
  return [
    ...floorLines(result),
    sideLine('base', base, design),
    sideLine('new', next, design),
    ...differ(
      'plans',
      differences.plan.map(({ flag, ...values }) => ({ name: flag, ...values })),
    ),
    ...differ(
      'hosts',
      differences.host.map(({ field, ...values }) => ({ name: field, ...values })),
    ),
    ...[base, next].flatMap(leftOutLines),
    ...(stopped === undefined
      ? []
      : [
          {
            label: 'compare',
            verdict: { text: stopped, tone: 'warn' as const },
            phrases: [{ text: 'the whole pairs that were made are here' }],
          },
        ]),
  ]
}

const when = (instant: string): string => instant.slice(0, 16).replace('T', ' ')

function sideLine(
  label: string,
  { name, used, suspect, from, to, host, skipped }: ComparedSide,
  design: CompareResult['design'],
): Line {
  const time = when(from) === when(to) ? when(from) : `${when(from)} to ${when(to)}`
  return {
    label,
    phrases: [
      name === '' ? 'the flags of run by default' : name,
      ...(design === 'paired' ? [] : [`${used} compared`, time, host.hostname]),
      ...(suspect > 0 ? [`${suspect} suspect`] : []),
      ...(skipped.length > 0 ? [`${skipped.length} other files left alone`] : []),
    ].map((text) => ({ text })),
  }
}

/** Results that are no measurement, each reason once. */
function leftOutLines({ leftOut }: ComparedSide): Line[] {
  const reasons = [...new Set(leftOut.map(({ why }) => why))]
  return reasons.slice(0, MOST_LEFT_OUT).map((why): Line => {
    const those = leftOut.filter((one) => one.why === why)
    const more = those.length - MOST_LEFT_OUT
    const named = those.slice(0, MOST_LEFT_OUT).map(({ source }) => source)
    return {
      label: 'left out',
      verdict: { text: those[0]!.outcome, tone: 'warn' },
      phrases: [{ text: `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}` }, { text: why }],
    }
  })
}
