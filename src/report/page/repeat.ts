import { metricRow, type MetricName } from '../../plan/metrics/table.js'
import { measuredOf } from '../../metrics/measured.js'
import { readMetric } from '../../metrics/readers.js'
import type { Figure as Spread, Repetition, RepeatResult } from '../../result/repeat-result.js'
import { formatCount, formatPercent } from '../../units/format.js'
import { formatMeasure } from '../../units/measure.js'
import { claimLines } from '../claim-lines.js'
import { formatP } from '../spread-lines.js'
import { HEADLINES } from '../headlines.js'
import { lossShareOf, type Measured, outcomeOf, resultOf } from '../repeat/repetition.js'
import { OUTCOME_TONES, repeatLines, repeatPhrases } from '../repeat/text.js'
import type { Tone } from '../style.js'
import { durationCell, timeOf } from './cells.js'
import { originSection, verdictOf } from './common-sections.js'
import { latencyChart } from './latency-chart.js'
import { distributionsOf } from './latency-data.js'
import { latencyLimits, limitsOf, limitsSection, limitsVerdict } from './limits.js'
import { type Body, charts, type Headline, lineList, type Section, toned, type Verdict } from './parts.js'
import { table } from './table.js'
import { valuesChart } from './values-chart.js'

/** Repetitions: each figure with how far it goes apart, and what all of them say together. */
export function repeatBody(result: RepeatResult): Body {
  return {
    command: `rpbench ${result.of}`,
    facts: repeatPhrases(result),
    notices: [],
    verdicts: [
      outcomesVerdict(result),
      ...limitsVerdict(result),
      ...(result.claims ?? []).flatMap((claim) => verdictOf(claimLines(claim)[0])),
      ...(result.changes ?? []).map(({ change, asPredicted, seen, differs }): Verdict => ({
        about: change,
        word: `as predicted in ${asPredicted} of ${seen}`,
        tone: differs > 0 ? 'bad' : asPredicted > 0 ? 'good' : 'warn',
      })),
    ],
    headlines: headlinesOf(result),
    sections: [
      ...limitsSection(result),
      figuresSection(result),
      ...pooledLatency(result),
      {
        key: 'together',
        title: 'What they say together',
        content: lineList([...(result.claims ?? []).flatMap(claimLines), ...repeatLines(result)]),
      },
      repetitionsSection(result),
      originSection(`rpbench ${result.of}`, result),
    ],
  }
}

function outcomesVerdict({ repetitions, repeat, stopped }: RepeatResult): Verdict {
  const outcomes = repetitions.map(outcomeOf)
  const good = outcomes.filter((outcome) => outcome === 'valid').length
  const tones = new Set(outcomes.map((outcome) => OUTCOME_TONES[outcome]))
  const worst: Tone =
    tones.has('bad') || repetitions.length === 0
      ? 'bad'
      : tones.has('warn') || stopped !== undefined
        ? 'warn'
        : 'good'
  return { about: 'repetitions', word: `${good} of ${repeat} valid`, tone: worst }
}

const shown = ({ figures, plan }: RepeatResult): Spread[] =>
  figures.filter(
    ({ metric }) =>
      HEADLINES.has(metric) &&
      !(plan.effective.rateHz !== undefined && metric.startsWith('latency.service.')),
  )

const written = (value: number, metric: MetricName): string => formatMeasure(value, metricRow(metric).unit)

function headlinesOf(result: RepeatResult): Headline[] {
  return shown(result)
    .slice(0, 6)
    .map(({ metric, median, interval }) => ({
      name: metric,
      value: written(median, metric),
      note: interval
        ? `median; ${written(interval.lower, metric)} – ${written(interval.upper, metric)}`
        : 'median',
    }))
}

function figuresSection(result: RepeatResult): Section {
  const limited = new Set((result.thresholds ?? []).map(({ metric }) => metric))
  const drawn = result.figures.filter(
    (figure) => shown(result).includes(figure) || limited.has(figure.metric),
  )
  return {
    key: 'figures',
    title: 'Each figure over the repetitions',
    content: [
      charts(
        ...drawn.map((figure) =>
          valuesChart({
            name: figure.metric,
            format: (value) => written(value, figure.metric),
            spread: figure,
            values: result.repetitions.flatMap((repetition) => {
              const run = repetition.run ?? repetition.churn
              const value = run && readMetric(figure.metric, measuredOf(run))?.value
              return value === undefined ? [] : [{ at: repetition.index + 1, value }]
            }),
            limits: limitsOf(result, figure.metric, ''),
          }),
        ),
      ),
      table<Spread>(
        'Every figure',
        [
          { title: 'figure', words: true, cell: ({ metric }) => metric },
          { title: 'median', cell: ({ metric, median }) => written(median, metric) },
          {
            title: 'interval of the median',
            cell: ({ metric, interval }) =>
              interval && `${written(interval.lower, metric)} – ${written(interval.upper, metric)}`,
          },
          { title: 'covers', cell: ({ interval }) => interval && formatPercent(interval.coverage) },
          { title: 'least', cell: ({ metric, min }) => written(min, metric) },
          { title: 'most', cell: ({ metric, max }) => written(max, metric) },
          { title: 'of', cell: ({ n }) => formatCount(n) },
        ],
        result.figures,
      ),
    ],
  }
}

function pooledLatency(result: RepeatResult): Section[] {
  const runs = result.repetitions.flatMap(({ run, churn }) => run ?? churn ?? [])
  const distributions = distributionsOf(runs)
  if (distributions === undefined) return []
  // Each repetition has members of its own: only all of them together are one thing.
  const pooled = { ...distributions, members: [] }
  return [
    {
      key: 'latency',
      title: 'Latency by percentile, all repetitions together',
      content: charts(latencyChart(pooled, latencyLimits(result, pooled.time))),
    },
  ]
}

const figure = (cell: (measured: Measured) => string | undefined) => (repetition: Repetition) => {
  const measured = resultOf(repetition)
  return measured && cell(measured)
}

function repetitionsSection({ repetitions, of }: RepeatResult): Section {
  return {
    key: 'repetitions',
    title: 'Each repetition',
    content: table<Repetition>(
      'Each repetition',
      [
        { title: '#', cell: ({ index }) => String(index + 1) },
        { title: 'seed', cell: ({ seed }) => String(seed) },
        {
          title: 'round trips/s',
          cell: figure(({ throughput }) => formatCount(throughput.roundTripsPerSecond)),
        },
        { title: 'p50', cell: figure((measured) => durationCell(timeOf(measured)?.p50Ns)) },
        { title: 'p99', cell: figure((measured) => durationCell(timeOf(measured)?.p99Ns)) },
        {
          title: 'loss',
          cell: figure((measured) => {
            const share = lossShareOf(measured)
            return share === undefined ? undefined : formatPercent(share, 2)
          }),
        },
        ...(of === 'run'
          ? [
              { title: 'flows max/mean', cell: figure(({ balance }) => balance?.maxOverMean.toFixed(3)) },
              {
                title: 'p',
                cell: figure(({ balance }) => balance && formatP(balance.pValue).replace(/^p /, '')),
              },
            ]
          : []),
        {
          title: '',
          words: true,
          cell: (repetition) => toned(outcomeOf(repetition), OUTCOME_TONES[outcomeOf(repetition)]),
        },
        {
          title: 'why',
          long: true,
          cell: ({ error, run, churn }) => error?.message ?? run?.failure ?? churn?.failure,
        },
      ],
      repetitions,
    ),
  }
}
