import type { ServedMember, ServedRunResult, ServeResult } from '../../result/serve-result.js'
import { endpoint } from '../../units/addresses.js'
import { formatCount, formatDuration } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { titleLines } from '../header.js'
import { layOut, type Line, type Phrase } from '../line.js'
import { createStyle, type Style, type StyleOptions } from '../style.js'

const TITLE = 'rpbench serve'

/** What members of a group did, one a row; columns that a narrow terminal has no room for go from the right. */
export function servedTable(members: readonly ServedMember[], style: Style): string[] {
  const columns: readonly [string, (member: ServedMember) => string][] = [
    ['member', ({ index }) => String(index)],
    ['pid', ({ pid }) => String(pid)],
    ['taken', ({ taken }) => formatCount(taken)],
    ['echoed', ({ echoed }) => formatCount(echoed)],
    ['drops', ({ drops }) => formatCount(drops)],
    ['strangers', ({ strangers }) => formatCount(strangers)],
    ['', ({ died }) => (died === undefined ? '' : 'died')],
  ]
  const cells = columns.map(([title, cell]) => [title, ...members.map(cell)])
  const widths = cells.map((column) => Math.max(...column.map(({ length }) => length)))
  const shown = widths.filter(
    (_, i) => widths.slice(0, i + 1).reduce((sum, w) => sum + w + 2, 0) < style.columns,
  )
  return Array.from({ length: members.length + 1 }, (_, row) =>
    ` ${shown.map((width, i) => cells[i]![row]!.padStart(width)).join('  ')}`.trimEnd(),
  )
}

/** A run of a client, in a line. */
export function servedRunPhrases({
  client,
  shards,
  durationNs,
  finished,
  taken,
  echoed,
  drops,
  left,
}: ServedRunResult): Phrase[] {
  return [
    { text: client },
    ...(shards === undefined ? [] : [{ text: plural(shards, 'shard', 'shards') }]),
    { text: formatDuration(durationNs) },
    { text: `${formatCount(taken)} taken` },
    { text: `${formatCount(echoed)} echoed` },
    ...(drops > 0 ? [{ text: `${formatCount(drops)} dropped`, tone: 'bad' as const }] : []),
    ...(left > 0 ? [{ text: `${formatCount(left)} left`, tone: 'warn' as const }] : []),
    ...(finished ? [] : [{ text: 'left before its end', tone: 'warn' as const }]),
  ]
}

/** What was served, as a person reads it. */
export function renderServeText(result: ServeResult, options: Omit<StyleOptions, 'praise'>): string {
  const { group, members, runs, refused, busy, durationNs, failure } = result
  const style = createStyle(options)
  const lines: Line[] = [
    ...(failure === undefined
      ? []
      : [{ label: 'failed', phrases: [{ text: failure, tone: 'bad' as const }] }]),
    ...runs.map((run, i) => ({ label: i === 0 ? 'runs' : '', phrases: servedRunPhrases(run) })),
    ...(runs.length === 0 ? [{ label: 'runs', phrases: [{ text: 'no client came' }] }] : []),
    ...(refused + busy === 0
      ? []
      : [
          {
            label: 'refused',
            phrases: [
              ...(refused > 0
                ? [{ text: `${plural(refused, 'connection', 'connections')} without the token` }]
                : []),
              ...(busy > 0
                ? [{ text: `${plural(busy, 'client', 'clients')} while another was served` }]
                : []),
            ],
          },
        ]),
  ]
  return [
    ...titleLines(
      TITLE,
      [
        { text: `udp ${endpoint(group.address, group.port)}` },
        { text: plural(members.length, 'member', 'members') },
        { text: `served for ${formatDuration(durationNs)}` },
      ],
      style,
    ),
    '',
    ...servedTable(members, style),
    '',
    ...layOut(lines, style),
    '',
  ].join('\n')
}
