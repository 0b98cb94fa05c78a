import { formatCount, formatDuration, formatPercent } from '../../units/format.js'
import type { LatencySummary, RunResult } from '../../result/run-result.js'
import type { Line } from '../line.js'
import { latencyChart } from './latency-chart.js'
import { distributionsOf } from './latency-data.js'
import { latencyLimits } from './limits.js'
import { beside, charts, type Headline, lineList, type Section } from './parts.js'
import { table } from './table.js'

type Timed = Pick<RunResult, 'latency'> &
  Pick<Partial<RunResult>, 'histograms' | 'thresholds' | 'members' | 'legs' | 'schedule'>

/** How long requests took, by percentile, and where the time went. */
export function latencySection(result: Timed, lines: readonly Line[]): Section[] {
  const distributions = distributionsOf([result])
  if (distributions === undefined) return []
  const chart = latencyChart(distributions, latencyLimits(result, distributions.time))
  return [
    {
      key: 'latency',
      title: 'Latency by percentile',
      content: [lineList(lines), beside(charts(chart), timesTable(result))],
    },
  ]
}

/** Rate, latency and loss: the few figures that everybody asks for. */
export function loadHeadlines(
  result: Pick<RunResult, 'throughput' | 'latency' | 'books'> & Pick<Partial<RunResult>, 'balance'>,
): Headline[] {
  const { throughput, latency, books, balance } = result
  const time = latency?.response ? 'response' : 'service'
  const times = latency?.[time]
  const due = books.sent + books.unsent
  const missing = books.lost + books.late + books.unsent
  return [
    { name: 'round trips/s', value: formatCount(throughput.roundTripsPerSecond) },
    ...(times
      ? (['p50Ns', 'p99Ns', 'p999Ns'] as const).map((key) => ({
          name: `${time} time ${FIGURE_NAMES[key]}`,
          value: formatDuration(times[key]),
        }))
      : []),
    {
      name: 'not answered in time',
      value: due === 0 ? '–' : missing === 0 ? 'none' : formatPercent(missing / due, 2),
    },
    ...(balance && balance.verdict !== 'unknown' && balance.members > 1
      ? [{ name: 'flows, max/mean', value: balance.maxOverMean.toFixed(3) }]
      : []),
  ]
}

const FIGURE_NAMES = { p50Ns: 'p50', p90Ns: 'p90', p99Ns: 'p99', p999Ns: 'p99.9', maxNs: 'max' } as const

/** Each time and leg with its percentiles. */
function timesTable({
  latency,
  ...result
}: Pick<RunResult, 'latency'> & Pick<Partial<RunResult>, 'legs' | 'schedule'>) {
  const { legs, schedule } = result
  const rows: [name: string, summary: LatencySummary | undefined][] = [
    ['response time', latency?.response],
    ['service time', latency?.service],
    ['time to connect', latency?.connect],
    ['leg: request', legs?.request],
    ['leg: queue', legs?.queue],
    ['leg: server', legs?.server],
    ['leg: reply', legs?.reply],
    ['lag of the client', schedule?.lag],
  ]
  return table<(typeof rows)[number]>(
    'Times of all members together',
    [
      { title: 'time', words: true, cell: ([name]) => name },
      { title: 'values', cell: ([, summary]) => summary && formatCount(summary.count) },
      { title: 'min', cell: ([, summary]) => summary && formatDuration(summary.minNs) },
      { title: 'mean', cell: ([, summary]) => summary && formatDuration(summary.meanNs) },
      ...(Object.keys(FIGURE_NAMES) as (keyof typeof FIGURE_NAMES)[]).map((key) => ({
        title: FIGURE_NAMES[key],
        cell: ([, summary]: (typeof rows)[number]) => summary && formatDuration(summary[key]),
      })),
    ],
    rows.filter(([, summary]) => summary !== undefined),
  )
}
