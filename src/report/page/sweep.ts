import type { Capacity, SweepPointResult, SweepResult } from '../../result/sweep-result.js'
import type { Spread } from '../../result/spread.js'
import { formatCount, formatDuration, formatPercent } from '../../units/format.js'
import { pointLabel } from '../../plan/sweep-plan.js'
import { sweepLines, sweepPhrases } from '../sweep/text.js'
import { plural } from '../../units/plural.js'
import { countCell } from './cells.js'
import { originSection } from './common-sections.js'
import { limitsSection, limitsVerdict } from './limits.js'
import { type Body, charts, type Headline, lineList, type Section, toned, type Verdict } from './parts.js'
import { sweepFigures } from './sweep-charts.js'
import { table } from './table.js'

/** A sweep: curves along its axis, or the capacity at each point with its bounds. */
export function sweepBody(result: SweepResult): Body {
  return {
    command: 'rpbench sweep',
    facts: sweepPhrases(result),
    notices: [],
    verdicts: [runsVerdict(result), ...limitsVerdict(result), ...searchVerdict(result)],
    headlines: headlinesOf(result),
    sections: [
      ...limitsSection(result),
      {
        key: 'curves',
        title: result.capacity ? 'Capacity' : 'Curves',
        content: [
          charts(...sweepFigures(result)),
          result.capacity ? capacityTable(result.capacity, result) : pointsTable(result),
        ],
      },
      { key: 'runs', title: 'How far its runs can be trusted', content: lineList(sweepLines(result)) },
      ...trialsSection(result),
      originSection('rpbench sweep', result),
    ],
  }
}

function runsVerdict({ points, stopped }: SweepResult): Verdict {
  const sum = (key: keyof SweepPointResult['runs']): number =>
    points.reduce((total, { runs }) => total + runs[key], 0)
  const [valid, suspect, bad] = [sum('valid'), sum('suspect'), sum('invalid') + sum('failed')]
  return {
    about: 'runs',
    word: `${valid} of ${valid + suspect + bad} valid${bad > 0 ? `, ${bad} invalid or failed` : ''}`,
    tone: bad > 0 ? 'bad' : suspect > 0 || stopped !== undefined ? 'warn' : 'good',
  }
}

function searchVerdict({ capacity }: SweepResult): Verdict[] {
  if (!capacity) return []
  const found = capacity.filter(({ stop }) => stop === 'goal-width').length
  return [
    {
      about: 'capacity',
      word: `found at ${found} of ${plural(capacity.length, 'point', 'points')}`,
      tone: found === capacity.length ? 'good' : 'warn',
    },
  ]
}

function headlinesOf({ points, capacity }: SweepResult): Headline[] {
  if (capacity)
    return capacity.slice(0, 6).map(({ flags, lowerHz, upperHz }) => ({
      name: ['capacity', pointLabel(flags)].filter((text) => text !== '').join(', '),
      value: lowerHz === undefined ? '–' : `${formatCount(lowerHz)}/s`,
      ...(lowerHz !== undefined && upperHz !== undefined && { note: `fails at ${formatCount(upperHz)}/s` }),
    }))
  const [best] = points
    .flatMap(({ flags, summary }) =>
      summary?.roundTripsPerSecond ? [{ flags, median: summary.roundTripsPerSecond.median }] : [],
    )
    .toSorted((a, b) => b.median - a.median)
  const [quickest] = points
    .flatMap(({ flags, summary }) => (summary?.p99Ns ? [{ flags, median: summary.p99Ns.median }] : []))
    .toSorted((a, b) => a.median - b.median)
  return [
    ...(best
      ? [{ name: 'most round trips/s', value: formatCount(best.median), note: pointLabel(best.flags) }]
      : []),
    ...(quickest
      ? [{ name: 'least p99', value: formatDuration(quickest.median), note: pointLabel(quickest.flags) }]
      : []),
    { name: 'points', value: formatCount(points.length) },
  ]
}

const spreadCell = (spread: Spread | undefined, format: (value: number) => string): string | undefined =>
  spread && format(spread.median)

const rangeCell = (spread: Spread | undefined, format: (value: number) => string): string | undefined =>
  spread && spread.min < spread.max ? `${format(spread.min)} – ${format(spread.max)}` : undefined

function pointsTable({ points, plan }: SweepResult) {
  return table<SweepPointResult>(
    'Each point: medians of its repetitions',
    [
      ...plan.axes.map(({ flag }) => ({ title: flag, cell: ({ flags }: SweepPointResult) => flags[flag] })),
      {
        title: 'round trips/s',
        cell: ({ summary }) => spreadCell(summary?.roundTripsPerSecond, formatCount),
      },
      { title: 'from – to', cell: ({ summary }) => rangeCell(summary?.roundTripsPerSecond, formatCount) },
      { title: 'p50', cell: ({ summary }) => spreadCell(summary?.p50Ns, formatDuration) },
      { title: 'p99', cell: ({ summary }) => spreadCell(summary?.p99Ns, formatDuration) },
      { title: 'from – to', cell: ({ summary }) => rangeCell(summary?.p99Ns, formatDuration) },
      {
        title: 'loss',
        cell: ({ summary }) => spreadCell(summary?.lossShare, (share) => formatPercent(share, 2)),
      },
      {
        title: 'flows max/mean',
        cell: ({ summary }) => spreadCell(summary?.flowsMaxOverMean, (ratio) => ratio.toFixed(3)),
      },
      {
        title: 'replies max/mean',
        cell: ({ summary }) => spreadCell(summary?.deliveredMaxOverMean, (ratio) => ratio.toFixed(3)),
      },
      { title: 'runs', words: true, cell: ({ runs }) => runsCell(runs) },
    ],
    points,
  )
}

const RUN_TONES = { valid: 'good', suspect: 'warn', invalid: 'bad', failed: 'bad' } as const

function runsCell(runs: SweepPointResult['runs']) {
  return (Object.keys(RUN_TONES) as (keyof typeof RUN_TONES)[]).flatMap((kind) =>
    runs[kind] > 0 ? [toned(`${runs[kind]} ${kind}`, RUN_TONES[kind]), ' '] : [],
  )
}

function capacityTable(capacity: readonly Capacity[], { plan }: SweepResult) {
  return table<Capacity>(
    'Each search: the greatest rate at which the goals hold, and the least at which they do not',
    [
      ...plan.axes.map(({ flag }) => ({ title: flag, cell: ({ flags }: Capacity) => flags[flag] })),
      { title: 'holds at /s', cell: ({ lowerHz }) => countCell(lowerHz) },
      { title: 'fails at /s', cell: ({ upperHz }) => countCell(upperHz) },
      { title: 'delivered /s', cell: ({ conditionalThroughputHz }) => countCell(conditionalThroughputHz) },
      { title: 'ratio to the first', cell: ({ ratioToFirst }) => ratioToFirst?.toFixed(2) },
      { title: 'trials', cell: ({ trials }) => formatCount(trials) },
      {
        title: '',
        words: true,
        cell: ({ stop = 'not ended' }) =>
          toned(stop === 'goal-width' ? 'found' : stop, stop === 'goal-width' ? 'good' : 'warn'),
      },
    ],
    capacity,
  )
}

const OUTCOMES = { good: 'good', bad: 'bad', unclear: 'warn', limited: 'warn', void: 'warn' } as const

function trialsSection({ runs }: SweepResult): Section[] {
  const trials = runs.filter(({ trial }) => trial !== undefined)
  const content = table<(typeof trials)[number]>(
    'Each trial, in the order of time',
    [
      { title: 'point', words: true, cell: ({ flags }) => pointLabel(flags) || '–' },
      { title: 'load /s', cell: ({ trial }) => trial?.loadHz !== undefined && formatCount(trial.loadHz) },
      {
        title: 'round trips/s',
        cell: ({ roundTripsPerSecond }) =>
          roundTripsPerSecond !== undefined && formatCount(roundTripsPerSecond),
      },
      {
        title: 'p99',
        cell: ({ latency }) => latency && formatDuration((latency.response ?? latency.service).p99Ns),
      },
      { title: 'loss', cell: ({ lossShare }) => lossShare !== undefined && formatPercent(lossShare, 2) },
      {
        title: 'goal',
        words: true,
        cell: ({ trial }) => trial?.outcome && toned(trial.outcome, OUTCOMES[trial.outcome]),
      },
      { title: 'missed', words: true, cell: ({ trial }) => trial?.violated?.join(', ') },
      { title: 'why', long: true, cell: ({ error, failure }) => error?.message ?? failure },
    ],
    trials,
  )
  return content === false ? [] : [{ key: 'trials', title: 'Trials of the search', content }]
}
