import { formatCount, formatDuration } from '../../units/format.js'
import type { IntervalMark, IntervalResult } from '../../result/interval.js'
import { lifeName } from '../life-name.js'
import { type Axis, drawChart } from '../svg/chart.js'
import { spreadApart, textWidth } from '../svg/labels.js'
import { bar, line, level, slice, upright, words, type Axes } from '../svg/marks.js'
import type { Content } from '../svg/markup.js'
import { linearScale, logScale } from '../svg/scale.js'
import { timeOf } from './cells.js'
import type { Figure } from './parts.js'

type Limit = { value: number; text: string; tone: 'good' | 'bad' | '' }

interface Series {
  name: string
  kind: string
  value: (interval: IntervalResult) => number | undefined
}

/** What a chart over time shows, beside its title. */
interface Over {
  title: string
  caption: string
  series: readonly Series[]
  format: (value: number) => string
  /** where the vertical axis begins; the least value when absent, and ratios then take equal steps */
  from?: number
  /** values as columns, where nothing is between them */
  columns?: boolean
  limits?: readonly Limit[]
}

const LABEL_GAP = 13
const MOST_NAMED = 5
/** Packets this far from the mean are worth a name. */
const APART = 1.2

/** Rate, latency, evenness and losses over time, with what happened to the group; none where nothing was cut in intervals. */
export function intervalCharts(
  intervals: readonly IntervalResult[],
  limits: { maxOverMean?: readonly Limit[]; rate?: readonly Limit[] } = {},
): Figure[] {
  const loads = intervals.filter(({ phase }) => phase === 'load')
  if (loads.length < 2) return []
  const open = loads.some(({ latency }) => latency?.response)
  const dropped = intervals.some(({ drops = 0 }) => drops > 0)
  return [
    over(loads, intervals, {
      title: 'round trips/s',
      caption: 'Requests sent and replies in time, a second.',
      series: [
        { name: 'sent', kind: 'quiet', value: ({ achievedPerSecond }) => achievedPerSecond },
        { name: 'replies', kind: 's0', value: ({ roundTripsPerSecond }) => roundTripsPerSecond },
      ],
      format: formatCount,
      from: 0,
      ...(limits.rate && { limits: limits.rate }),
    }),
    over(loads, intervals, {
      title: open ? 'response time' : 'service time',
      caption: 'Median and 99th percentile of the replies that came in each interval.',
      series: [
        { name: 'p99', kind: 's1', value: (interval) => timeOf(interval)?.p99Ns },
        { name: 'p50', kind: 's0', value: (interval) => timeOf(interval)?.p50Ns },
      ],
      format: formatDuration,
    }),
    over(loads, intervals, {
      title: 'max/mean of packets',
      caption: 'Packets of the member that took most, over the mean: 1 is even.',
      series: [{ name: '', kind: 's0', value: ({ maxOverMean }) => maxOverMean }],
      format: (value) => value.toFixed(2),
      from: 1,
      ...(limits.maxOverMean && { limits: limits.maxOverMean }),
    }),
    over(loads, intervals, {
      title: 'packets/s of each member',
      caption: 'What each member took. Of many members, those far from the others have a name.',
      series: memberSeries(loads),
      format: formatCount,
      from: 0,
    }),
    dropped
      ? over(intervals, intervals, {
          title: 'drops',
          caption: 'Datagrams that the kernel dropped at members, in each interval.',
          series: [{ name: '', kind: 'bad', value: ({ drops = 0 }) => drops }],
          format: formatCount,
          from: 0,
          columns: true,
        })
      : undefined,
  ].flatMap((figure) => figure ?? [])
}

const middle = ({ fromNs, toNs }: IntervalResult): number => (fromNs + toNs) / 2

function over(
  shown: readonly IntervalResult[],
  all: readonly IntervalResult[],
  { title, caption, series, format, from, columns = false, limits = [] }: Over,
): Figure | undefined {
  const values = series.flatMap(({ value }) => shown.flatMap((interval) => value(interval) ?? []))
  if (values.length === 0) return undefined
  const ends = [...values, ...limits.map(({ value }) => value)]
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const log = from === undefined && low > 0 && high / low > 8
  const axis: Axis['scale'] = (range) =>
    log
      ? logScale([low * 0.9, high * 1.1], range, { most: 6 })
      : linearScale(
          [from ?? low * 0.9, from === undefined ? high * 1.08 : from + (high - from || 1) * 1.08],
          range,
        )
  const start = all[0]!.fromNs
  const marks = all.flatMap((interval) => interval.marks)
  const end = Math.max(shown.at(-1)!.toNs, ...marks.map(({ atNs }) => atNs))
  const named = series.filter(({ name }) => name !== '')
  const svg = drawChart({
    title: `${title} over time`,
    description: `${all.length} intervals; from ${format(low)} to ${format(high)}.${marks.length > 0 ? ` Marked: ${marks.map(markWords).join('; ')}.` : ''}`,
    x: {
      scale: (range) => linearScale([start, end], range, { most: 7 }),
      format: seconds(end - start),
      title: 'time',
    },
    y: { scale: axis, format, title },
    right: 12 + Math.max(0, ...named.map(({ name }) => textWidth(name))),
    marks: (axes) => [
      columns
        ? shown.map((interval) =>
            bar(axes, [interval.fromNs, interval.toNs], series[0]!.value(interval) ?? 0, series[0]!.kind),
          )
        : series.map(({ value, kind }) =>
            line(
              axes,
              shown.map((interval) => [middle(interval), value(interval)] as const),
              kind,
            ),
          ),
      limits.map(({ value, text, tone }) => [
        level(axes, value, `limit ${tone}`),
        words([axes.x.range[0] + 4, axes.y.place(value) - 5], text, tone),
      ]),
      marked(axes, marks),
      endLabels(axes, named, shown),
      shown.map((interval) =>
        slice(axes, [interval.fromNs, interval.toNs], tip(interval, series, format, title)),
      ),
    ],
  })
  return { svg, caption }
}

/** Names at the ends of lines. */
function endLabels(axes: Axes, series: readonly Series[], shown: readonly IntervalResult[]): Content {
  const ends = series.flatMap(({ name, kind, value }) => {
    const last = shown.flatMap((interval) => value(interval) ?? []).at(-1)
    return last === undefined ? [] : [{ name, kind, at: axes.y.place(last) }]
  })
  const places = spreadApart(
    ends.map(({ at }) => at),
    LABEL_GAP,
    [axes.y.range[1], axes.y.range[0]],
  )
  return ends.map(({ name, kind }, i) => words([axes.x.range[1] + 5, places[i]! + 4], name, kind))
}

/** What happened to the group, as lines over the whole height, with a number that the table has too. */
function marked(axes: Axes, marks: readonly IntervalMark[]): Content {
  return marks.map((mark, i) => [
    upright(axes, mark.atNs, 'mark', markWords(mark)),
    words([axes.x.place(mark.atNs), axes.y.range[1] - 3], String(i + 1), 'strong', 'middle'),
  ])
}

/** What a mark stands for. */
export function markWords({ kind, atNs, change, member, generation = 0 }: IntervalMark): string {
  const who = member === undefined ? 'the front' : `member ${lifeName({ member, generation })}`
  const what = {
    change: change ?? 'change',
    'failed-change': `${change ?? 'change'} (failed)`,
    death: `${who} died`,
    silent: `${who} stands still`,
    back: `${who} is back`,
  }[kind]
  return `${what} at ${formatDuration(Math.round(atNs / 1e7) * 1e7)}`
}

const seconds =
  (length: number) =>
  (ns: number): string =>
    length < 2e9 ? formatDuration(ns) : `${Number((ns / 1e9).toFixed(1))} s`

function tip(
  interval: IntervalResult,
  series: readonly Series[],
  format: Over['format'],
  title: string,
): string {
  const rows = series.map(({ name, value }) => {
    const shown = value(interval)
    return shown === undefined ? '' : `${name === '' ? title : name}: ${format(shown)}`
  })
  const marks = interval.marks.map(markWords)
  return [
    `${formatDuration(Math.round(interval.fromNs / 1e6) * 1e6)} – ${formatDuration(Math.round(interval.toNs / 1e6) * 1e6)}`,
    ...rows.filter((row) => row !== '').slice(0, 8),
    ...marks,
  ].join('\n')
}

/** A series for each life of a member; of many, only those far from the mean have a name. */
function memberSeries(intervals: readonly IntervalResult[]): Series[] {
  const totals = new Map<string, number>()
  for (const { members } of intervals)
    for (const member of members)
      totals.set(lifeName(member), (totals.get(lifeName(member)) ?? 0) + member.taken)
  const names = [...totals.keys()]
  const mean = [...totals.values()].reduce((sum, taken) => sum + taken, 0) / names.length
  const far = names
    .filter((name) => totals.get(name)! > APART * mean || totals.get(name)! < mean / APART)
    .toSorted((a, b) => Math.abs(totals.get(b)! - mean) - Math.abs(totals.get(a)! - mean))
  const shown = names.length <= MOST_NAMED ? names : far.slice(0, 3)
  return names.map((life) => ({
    name: shown.includes(life) ? `member ${life}` : '',
    kind: shown.includes(life) ? `s${shown.indexOf(life)}` : 'quiet',
    value: ({ members, fromNs, toNs }) => {
      const member = members.find((one) => lifeName(one) === life)
      return member && toNs > fromNs ? (member.taken * 1e9) / (toNs - fromNs) : undefined
    },
  }))
}
