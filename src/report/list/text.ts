import type { Headline, ListResult } from '../../result/headline.js'
import { formatCount, formatDuration, formatPercent } from '../../units/format.js'
import { grid, type GridColumn } from '../grid.js'
import { layOut } from '../line.js'
import { createStyle, type Style } from '../style.js'
import type { TextOptions } from '../views.js'

/** A label longer than this is cut: a line is for finding a result, which has it in full. */
const MOST_LABEL = 24

const cut = (text: string): string => {
  const letters = Array.from(text)
  return letters.length <= MOST_LABEL ? text : `${letters.slice(0, MOST_LABEL - 1).join('')}…`
}

/** The first of what limits a host, and how many more there are. */
const first = (limits: readonly string[]): string =>
  limits.length > 1 ? `${limits[0]} +${limits.length - 1}` : (limits[0] ?? '')

/** Columns go from the right in a narrow terminal, but for the verdict. */
const columnsIn = (style: Style, results: readonly Headline[]): GridColumn<Headline>[] => [
  { title: 'when (UTC)', align: 'left', cell: ({ startedAt }) => startedAt.slice(0, 16).replace('T', ' ') },
  {
    title: 'what',
    align: 'left',
    cell: ({ kind, shard }) => (shard === undefined ? kind : `${kind} ${shard}`),
  },
  { title: 'label', align: 'left', goes: 6, cell: ({ label = '' }) => style.plain(cut(label)) },
  { title: 'verdict', align: 'left', cell: ({ verdict }) => verdict },
  { title: 'runs', align: 'right', goes: 2, cell: ({ runs = 1 }) => formatCount(runs) },
  {
    title: 'round trips/s',
    align: 'right',
    goes: 4,
    cell: ({ roundTripsPerSecond: rate }) => (rate === undefined ? '' : formatCount(Math.round(rate))),
  },
  {
    title: 'p50',
    align: 'right',
    goes: 3,
    cell: ({ p50Ns }) => (p50Ns === undefined ? '' : formatDuration(p50Ns)),
  },
  {
    title: 'p99',
    align: 'right',
    goes: 5,
    cell: ({ p99Ns }) => (p99Ns === undefined ? '' : formatDuration(p99Ns)),
  },
  {
    title: 'loss',
    align: 'right',
    goes: 3,
    cell: ({ lossShare }) => (lossShare === undefined ? '' : formatPercent(lossShare)),
  },
  // One for all says nothing.
  ...(new Set(results.map(({ hostname }) => hostname)).size > 1
    ? [
        {
          title: 'host',
          align: 'left' as const,
          goes: 2.5,
          cell: ({ hostname = '' }: Headline) => style.plain(cut(hostname)),
        },
      ]
    : []),
  ...(results.some(({ limits = [] }) => limits.length > 0)
    ? [
        {
          title: 'limits',
          align: 'left' as const,
          goes: 1.5,
          cell: ({ limits = [] }: Headline) => style.plain(first(limits)),
        },
      ]
    : []),
  { title: 'file', align: 'left', goes: 1, cell: ({ file }) => style.plain(file) },
]

/** A line for each result of a folder, the newest last, and one for each file that is none. */
export function renderListText({ folder, results, skipped }: ListResult, options: TextOptions): string {
  const style = createStyle({ ...options, praise: true })
  const lines =
    results.length === 0
      ? layOut([{ label: '', phrases: [{ text: `No results in ${folder}.` }] }], style)
      : grid(results, columnsIn(style, results), style.columns)
  return [
    ...lines,
    ...layOut(
      skipped.map(({ file, why }) => ({ label: 'skipped', phrases: [{ text: `${file}: ${why}` }] })),
      style,
    ),
    '',
  ].join('\n')
}
