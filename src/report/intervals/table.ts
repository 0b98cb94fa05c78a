import type { IntervalResult } from '../../result/run-result.js'
import { formatCount, formatDuration } from '../../units/format.js'
import { grid, type GridColumn } from '../grid.js'
import { layOut } from '../line.js'
import type { Style } from '../style.js'
import { rowsShown } from './rows-shown.js'
import { spark } from './spark.js'
import { marksInWords, rateOf, spanOf, timesOf } from './words.js'

const MOST_ROWS = 20
/** Columns beside a spark line: its label, and between which values it goes. */
const BESIDE_SPARK = 34
const MOST_SPARK = 60

/** The measured phase by interval: a row for each, or where those are many, a row for those that stand out. */
export function intervalBlock(
  { intervals = [] }: { intervals?: readonly IntervalResult[] | undefined },
  style: Style,
): string[] {
  if (intervals.length === 0) return []
  const rows = rowsShown(intervals, MOST_ROWS)
  const some = rows.length < intervals.length
  return [
    '',
    ...grid(rows, columnsOf(intervals, style), style.columns),
    ...(some ? ['', ...layOut(courseLines(intervals, rows.length, style), style)] : []),
  ]
}

const time = (ns: number | undefined): string | undefined =>
  ns === undefined ? undefined : formatDuration(ns)

function columnsOf(intervals: readonly IntervalResult[], style: Style): GridColumn<IntervalResult>[] {
  const figure = (
    title: string,
    goes: number | undefined,
    cell: (interval: IntervalResult) => string | undefined,
  ): GridColumn<IntervalResult> => ({
    title,
    align: 'right',
    ...(goes !== undefined && { goes }),
    cell: (interval) => style.plain(cell(interval) ?? '-'),
  })
  const count = (title: string, goes: number, of: 'drops' | 'givenUp' | 'late') =>
    intervals.some((interval) => (interval[of] ?? 0) > 0)
      ? [figure(title, goes, (interval) => formatCount(interval[of] ?? 0))]
      : []
  return [
    figure('interval', undefined, spanOf),
    figure('round trips/s', undefined, rateOf),
    figure('p50', 2, (interval) => time(timesOf(interval)?.p50Ns)),
    figure('p99', 5, (interval) => time(timesOf(interval)?.p99Ns)),
    ...(intervals.some(({ maxOverMean }) => maxOverMean !== undefined)
      ? [figure('max/mean', 3, ({ maxOverMean }) => maxOverMean?.toFixed(2))]
      : []),
    ...count('dropped', 6, 'drops'),
    ...count('given up', 4, 'givenUp'),
    ...count('late', 1, 'late'),
    ...(intervals.some(({ marks }) => marks.length > 0)
      ? [
          {
            title: '',
            align: 'left' as const,
            goes: 7,
            cell: (interval: IntervalResult) => style.plain(marksInWords(interval)),
          },
        ]
      : []),
  ]
}

/** What all intervals went like, where not each has a row. */
function courseLines(intervals: readonly IntervalResult[], shown: number, style: Style) {
  const load = intervals.filter(({ phase }) => phase === 'load')
  const width = Math.max(8, Math.min(MOST_SPARK, style.columns - BESIDE_SPARK))
  const course = (
    label: string,
    valueOf: (interval: IntervalResult) => number | undefined,
    format: (value: number) => string,
    worst: (...values: number[]) => number,
  ) => {
    const values = load.flatMap((interval) => valueOf(interval) ?? [])
    if (values.length === 0) return []
    const range = `${format(Math.min(...values))} to ${format(Math.max(...values))}`
    const picture = style.unicode ? [{ text: spark(values, width, worst) }] : []
    return [{ label, phrases: [...picture, { text: range }] }]
  }
  return [
    ...course(
      'rate',
      ({ roundTripsPerSecond }) => roundTripsPerSecond,
      (rate) => `${formatCount(rate)}/s`,
      Math.min,
    ),
    ...course('p99', (interval) => timesOf(interval)?.p99Ns, formatDuration, Math.max),
    {
      label: 'intervals',
      phrases: [
        {
          text: `${shown} of ${formatCount(intervals.length)} above: the first, the last, those with marks and the extremes`,
        },
        { text: 'all are in the JSON and the CSV' },
      ],
    },
  ]
}
