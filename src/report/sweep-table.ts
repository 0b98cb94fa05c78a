import { flagOf } from '../plan/parameters/table.js'
import type { Spread } from '../result/spread.js'
import type { Capacity, SweepPointResult, SweepResult } from '../result/sweep-result.js'
import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import { grid, type GridColumn } from './grid.js'
import type { Line } from './line.js'
import type { Style } from './style.js'
import { pointLabel } from '../plan/sweep-plan.js'

/** Below, a share is written with two digits after the point: a goal may be as small. */
const SMALL_SHARE = 0.01
const LEAST_SHARE = 0.0001

const share = (value: number): string => {
  if (value === 0) return '0 %'
  return value < LEAST_SHARE ? '<0.01 %' : formatPercent(value, value < SMALL_SHARE ? 2 : 1)
}
const ratio = (value: number): string => value.toFixed(3)

type Pick = (point: SweepPointResult) => Spread | undefined

const roundTrips: Pick = ({ summary }) => summary?.roundTripsPerSecond
const p99: Pick = ({ summary }) => summary?.p99Ns
const rate = (value: number | undefined): string => textOf(value, formatCount)

/** A row per point: the medians of its repetitions, and how far these went apart. */
export function pointsTable({ points, plan }: SweepResult, style: Style): string[] {
  const figure = (
    title: string,
    pick: Pick,
    format: (value: number) => string,
    goes?: number,
  ): GridColumn<SweepPointResult> => ({
    title,
    align: 'right',
    ...(goes !== undefined && { goes }),
    cell: (point) => style.plain(textOf(pick(point)?.median, format)),
  })
  const range = (pick: Pick, goes: number): GridColumn<SweepPointResult>[] =>
    plan.repeat > 1
      ? [{ title: style.unicode ? '±' : '+-', align: 'right', goes, cell: (point) => rangeText(pick(point)) }]
      : []
  const columns: GridColumn<SweepPointResult>[] = [
    ...axisColumns(plan.axes, style),
    figure('round trips/s', roundTrips, formatCount),
    ...range(roundTrips, 5),
    figure('p50', ({ summary }) => summary?.p50Ns, formatDuration, 3),
    figure('p99', p99, formatDuration, 8),
    ...range(p99, 4),
    figure('loss', ({ summary }) => summary?.lossShare, share, 7),
    figure('flows max/mean', ({ summary }) => summary?.flowsMaxOverMean, ratio, 2),
    figure('replies max/mean', ({ summary }) => summary?.deliveredMaxOverMean, ratio, 1),
    { title: 'runs', align: 'left', cell: (point) => runsText(point, plan.repeat, style) },
  ]
  return grid(points, columns, style.columns)
}

function axisColumns<Row extends { flags: Record<string, string> }>(
  axes: SweepResult['plan']['axes'],
  style: Style,
): GridColumn<Row>[] {
  return axes.map(({ flag }) => ({
    title: flag,
    align: 'right',
    cell: ({ flags }) => style.plain(flags[flag] ?? ''),
  }))
}

function textOf(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '-' : format(value)
}

/** Half of the range over the median. */
function rangeText(spread: Spread | undefined): string {
  if (spread === undefined || spread.median === 0) return ''
  const half = (spread.max - spread.min) / 2 / spread.median
  return formatPercent(half, half < 0.1 ? 1 : 0)
}

/** How many runs stand behind the figures, and what became of the others. */
function runsText({ runs }: SweepPointResult, repeat: number, style: Style): string {
  const good = runs.valid + runs.suspect
  const made = good + runs.invalid + runs.failed
  const remarks = [
    runs.suspect > 0 ? style.paint(`${runs.suspect} suspect`, 'warn') : '',
    runs.invalid > 0 ? style.paint(`${runs.invalid} invalid`, 'bad') : '',
    runs.failed > 0 ? style.paint(`${runs.failed} failed`, 'bad') : '',
  ].filter((remark) => remark !== '')
  const count = made < repeat || good < made ? `${good} of ${repeat}` : String(good)
  return remarks.length > 0 ? `${count} (${remarks.join(', ')})` : count
}

type Ending = NonNullable<Capacity['stop']> | 'none'

/** What the figures of a search are, in a word, and why. */
const ENDINGS: Readonly<Record<Ending, [word: string, why: (capacity: Capacity) => string]>> = {
  'goal-width': ['found', () => ''],
  unclear: ['within', unclearReason],
  'max-load': ['at least', ({ mostHz }) => `the goals hold at the greatest rate, ${rate(mostHz)}/s`],
  'min-load': ['below', ({ leastHz }) => `the goals do not hold at the least rate, ${rate(leastHz)}/s`],
  generator: ['at least', ({ limitedHz }) => `limited by the generator at ${rate(limitedHz)}/s`],
  trials: ['unsettled', ({ trials }) => `no end after ${formatCount(trials)} trials`],
  time: ['unsettled', ({ trials }) => `no end after ${formatCount(trials)} trials`],
  failed: ['failed', () => 'too many of its runs failed or were not valid'],
  none: ['not ended', () => 'the search was stopped before'],
}

function unclearReason({ unclearFromHz, unclearToHz, neededTrialNs }: Capacity): string {
  const loads = [unclearFromHz, unclearToHz].filter((load, i, all) => all.indexOf(load) === i)
  const advice =
    neededTrialNs === undefined
      ? ''
      : `; ${flagOf('durationNs')} ${lengthOf(neededTrialNs)} may tell, or a wider ${flagOf('goalWidth')}`
  return `at ${loads.map((load) => `${rate(load)}/s`).join(' to ')} chance hides whether queues grow${advice}`
}

/** As a flag takes it. */
const lengthOf = (ns: number): string => `${Math.ceil(ns / 1e9)}s`

/** Where trials end before a queue can be full, since then the loss alone would count what the buffer holds. */
export function unfilledLines({ capacity = [], plan: { goal } }: SweepResult): Line[] {
  const longest = capacity
    .flatMap(({ unfilledQueue }) => unfilledQueue ?? [])
    .toSorted((a, b) => b.fillNs - a.fillNs)[0]
  if (!longest || !goal) return []
  return [
    {
      label: '',
      verdict: { text: 'short trials', tone: 'warn' },
      phrases: [
        {
          text: `${formatDuration(goal.finalTrialNs)} end before ${formatPercent(goal.width, 1)} too much have filled a queue of ${formatCount(longest.datagrams)} datagrams`,
        },
        { text: 'so that growing queues were judged beside the loss' },
        {
          text: `${flagOf('durationNs')} ${lengthOf(longest.fillNs)}, or a smaller ${flagOf('receiveBufferBytes')}, shows the loss itself`,
        },
      ],
    },
  ]
}

/** Why searches did not come to a capacity, a line for each. */
export function endingLines({ capacity = [] }: SweepResult): Line[] {
  return capacity.flatMap((search): Line[] => {
    const [word, why] = ENDINGS[search.stop ?? 'none']
    const reason = why(search)
    const point = pointLabel(search.flags)
    if (reason === '') return []
    return [
      {
        label: '',
        verdict: { text: word, tone: 'warn' },
        phrases: [point, reason].filter((text) => text !== '').map((text) => ({ text })),
      },
    ]
  })
}

/** A row per search: the capacity with the bounds that hold it, and its ratio to the first point's. */
export function capacityTable({ capacity = [], plan }: SweepResult, style: Style): string[] {
  const columns: GridColumn<Capacity>[] = [
    ...axisColumns<Capacity>(plan.axes, style),
    { title: 'capacity/s', align: 'right', cell: ({ lowerHz }) => rate(lowerHz) },
    {
      title: 'holds - fails',
      align: 'left',
      goes: 3,
      cell: ({ lowerHz, upperHz }) => `[${rate(lowerHz)} - ${rate(upperHz)}]`,
    },
    { title: 'delivered/s', align: 'right', goes: 2, cell: ({ conditionalThroughputHz: hz }) => rate(hz) },
    {
      title: 'ratio',
      align: 'right',
      cell: ({ ratioToFirst }) => textOf(ratioToFirst, (value) => value.toFixed(2)),
    },
    { title: 'trials', align: 'right', goes: 1, cell: ({ trials }) => formatCount(trials) },
    {
      title: '',
      align: 'left',
      cell: ({ stop }) => {
        const [word] = ENDINGS[stop ?? 'none']
        return style.paint(word, stop === 'goal-width' ? 'good' : 'warn')
      },
    },
  ]
  return grid(capacity, columns, style.columns)
}
