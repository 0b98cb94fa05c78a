import { formatCount, formatPercent } from '../../units/format.js'
import { COUNTED_AS } from '../../plan/protocol.js'
import type { Books } from '../../result/books.js'
import type { RunResult } from '../../result/run-result.js'
import { booksLine } from '../books-line.js'
import { connectionsLine } from '../connections-line.js'
import { drawChart } from '../svg/chart.js'
import { px, words } from '../svg/marks.js'
import { markup } from '../svg/markup.js'
import { linearScale } from '../svg/scale.js'
import { beside, charts, type Figure, lineList, type Section } from './parts.js'
import { table } from './table.js'

const STAGES = [
  ['sent', 'sent by the client'],
  ['taken', 'taken by members'],
  ['echoed', 'echoed by members'],
  ['replied', 'replies in time'],
] as const

const COUNTS: readonly [key: keyof Books, meaning: string][] = [
  ['sent', 'requests sent'],
  ['sendErrors', 'requests that the kernel refused to send'],
  ['unsent', 'due but not sent before the end'],
  ['taken', 'taken by members from their sockets'],
  ['droppedAtMembers', 'dropped by the kernel at members'],
  ['leftAtMembers', 'left in queues at the end'],
  ['noSocket', 'met no socket'],
  ['atStrangers', 'taken by strangers'],
  ['closedWithSocket', 'closed with a socket'],
  ['echoed', 'echoed by members'],
  ['echoErrors', 'could not be echoed'],
  ['replied', 'replies in time'],
  ['late', 'replies after the deadline'],
  ['droppedAtClient', 'replies dropped at the client'],
  ['droppedAtDevices', 'of those, at its TUN devices'],
  ['duplicates', 'duplicate replies'],
  ['replayed', 'requests that came a second time'],
  ['wrongReplies', 'replies that were not what was to come'],
  ['reordered', 'replies that overtook another'],
  ['lost', 'sent and never answered'],
  ['strangersAtMembers', 'of other runs, at members'],
  ['strangersAtClient', 'of other runs, at the client'],
  ['unexplained', 'unexplained'],
]

/** Where every datagram, or request over TCP, went. */
export function booksSection(
  result: Pick<RunResult, 'books' | 'group' | 'throughput' | 'connections'>,
): Section {
  const { books, group } = result
  const { sent: counted } = COUNTED_AS[group.protocol]
  const connections = connectionsLine(result)
  return {
    key: 'books',
    title: `Books: where every ${counted} went`,
    content: [
      lineList([...(connections ? [connections] : []), booksLine(result)]),
      beside(
        charts(booksChart(books, `${counted}s`)),
        table<(typeof COUNTS)[number]>(
          `What became of ${counted}s of the measured phase; counts of none are left out`,
          [
            { title: 'what', words: true, cell: ([, meaning]) => meaning },
            { title: `${counted}s`, cell: ([key]) => formatCount(books[key] ?? 0) },
            {
              title: 'of those sent',
              cell: ([key]) => (books.sent > 0 ? formatPercent((books[key] ?? 0) / books.sent, 2) : ''),
            },
          ],
          COUNTS.filter(([key]) => books[key] !== undefined && (key === 'unexplained' || books[key] > 0)),
        ),
      ),
    ],
  }
}

const ROW = 30

/** What is left at each stage of the way. @param counted what is, in the plural */
function booksChart(books: Books, counted: string): Figure | undefined {
  if (books.sent === 0) return undefined
  const stages = STAGES.flatMap(([key, name]): [number, string][] => {
    const count = books[key]
    return count === undefined ? [] : [[count, name]]
  })
  const most = Math.max(...stages.map(([count]) => count))
  const svg = drawChart({
    title: `${counted} at each stage`,
    description: stages.map(([count, name]) => `${name}: ${formatCount(count)}`).join('; '),
    x: {
      scale: (range) => linearScale([0, most], range, { most: 5, least: 1 }),
      format: formatCount,
      title: counted,
    },
    y: {
      scale: (range) => ({ ...linearScale([0, stages.length], range), ticks: [] }),
      format: String,
      title: '',
    },
    height: stages.length * ROW + 70,
    right: 16,
    marks: ({ x, y }) =>
      stages.map(([count, name], i) => {
        const top = y.range[1] - 8 + i * ROW
        const width = Math.max(0, x.place(count) - x.range[0])
        return [
          words(
            [x.range[0], top + 8],
            [name, ' ', markup`<tspan class="strong">${formatCount(count)}</tspan>`],
          ),
          markup`<rect class="bar" x="${px(x.range[0])}" y="${px(top + 12)}" width="${px(width)}" height="9"><title>${name}: ${formatCount(count)}</title></rect>`,
        ]
      }),
  })
  return { svg, caption: 'Each stage holds what is left of the one before it.' }
}
