import { flagOf } from '../../plan/parameters/table.js'
import { formatCount, formatDuration } from '../../units/format.js'
import type { IntervalResult } from '../../result/interval.js'
import type { ThresholdResult } from '../../result/thresholds.js'
import { markup } from '../svg/markup.js'
import { countCell, durationCell, timeOf } from './cells.js'
import { intervalCharts, markWords } from './intervals-charts.js'
import { limitsOf } from './limits.js'
import { charts, type Section } from './parts.js'
import { table } from './table.js'

interface Cut {
  intervals?: IntervalResult[] | undefined
  thresholds?: ThresholdResult[] | undefined
}

/** The measured phase piece by piece; where it was not cut into pieces, how to have that. */
export function intervalsSection(result: Cut): Section {
  const { intervals = [] } = result
  const title = 'Over time'
  const drawn = intervalCharts(intervals, {
    rate: limitsOf(result, 'rate.roundTrips', 'round trips/s'),
  })
  if (drawn.length === 0)
    return {
      key: 'time',
      title,
      content: markup`<p class="note">This result holds no intervals. <code>${flagOf('intervalNs')} 1s</code> records rate, packets of each member, latency and drops second by second, with each change of the group marked.</p>`,
    }
  const marks = intervals.flatMap((interval) => interval.marks)
  return {
    key: 'time',
    title,
    content: [
      charts(...drawn),
      intervals.every(({ drops = 0 }) => drops === 0) &&
        markup`<p class="note">Nothing was dropped at members in any interval.</p>`,
      marks.length > 0 &&
        markup`<ol class="marks">${marks.map((mark) => markup`<li>${markWords(mark)}</li>`)}</ol>`,
      intervalsTable(intervals),
    ],
  }
}

function intervalsTable(intervals: readonly IntervalResult[]) {
  return table<IntervalResult>(
    'Each interval',
    [
      { title: 'from', cell: ({ fromNs }) => formatDuration(Math.round(fromNs / 1e6) * 1e6) },
      { title: 'to', cell: ({ toNs }) => formatDuration(Math.round(toNs / 1e6) * 1e6) },
      { title: 'sent/s', cell: ({ achievedPerSecond }) => countCell(achievedPerSecond) },
      { title: 'round trips/s', cell: ({ roundTripsPerSecond }) => countCell(roundTripsPerSecond) },
      { title: 'members', cell: ({ members }) => formatCount(members.length) },
      { title: 'max/mean', cell: ({ maxOverMean }) => maxOverMean?.toFixed(3) },
      { title: 'p50', cell: (interval) => durationCell(timeOf(interval)?.p50Ns) },
      { title: 'p99', cell: (interval) => durationCell(timeOf(interval)?.p99Ns) },
      { title: 'drops', cell: ({ drops }) => (drops === undefined ? '' : formatCount(drops)) },
      { title: 'late', cell: ({ late }) => formatCount(late) },
      { title: 'unanswered', cell: ({ givenUp }) => formatCount(givenUp) },
      {
        title: '',
        long: true,
        cell: ({ phase, marks }) => [phase === 'drain' ? 'drain ' : '', marks.map(markWords).join('; ')],
      },
    ],
    intervals,
  )
}
