import Table from 'cli-table3'
import { stripVTControlCharacters } from 'node:util'
import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import type { LatencySummary, MemberResult, RunResult, SilenceResult } from '../result/run-result.js'
import type { Imbalance } from '../result/imbalance.js'
import { bar, cellsPerFairShare } from './bar.js'
import { wrap } from './line.js'
import type { Style, Tone } from './style.js'

/** Up to here every member has a full row, up to the next bound a compact one, beyond it only the extremes are shown. */
const MAX_FULL = 16
const MAX_COMPACT = 64
/** Below this Holm-adjusted p a member's count is not chance. */
const ODD_MEMBER_P = 0.01
const BAR_WIDTHS = [16, 10, 6]
const MARGIN = 1
const HELD_UP = { 'slow-member': 'slow', scheduler: 'waits' } as const
const GUTTER = 4

/** A member with what an overload left of its answers, and what was found to hold it up. */
interface Row extends MemberResult {
  answeredShare?: number
  heldUp?: 'slow' | 'waits'
  /** it stood still: to the end, or for a time */
  still?: 'silent' | 'stood still'
}

interface Column {
  name: string
  title: string
  align: 'left' | 'right'
  cell: (member: Row) => string
}

/** Left to go first when the terminal is narrow. */
const LEAST_IMPORTANT_FIRST = [
  'pid',
  'no drops',
  'p50',
  'queue',
  'taken',
  'p99',
  'connections',
  'drops',
  'overflows',
  'share',
  'answered',
]

/** What stands out about a member: one word, or nothing. */
function remarkOf(member: Row): { text: string; tone: Tone } | undefined {
  if (member.died !== undefined) return { text: 'died', tone: 'bad' }
  if (member.still !== undefined)
    return { text: member.still, tone: member.still === 'silent' ? 'bad' : 'warn' }
  if (member.heldUp !== undefined) return { text: member.heldUp, tone: 'warn' }
  if (member.residual === undefined || (member.residualPValue ?? 1) >= ODD_MEMBER_P) return undefined
  return { text: member.residual > 0 ? 'hot' : 'starved', tone: 'warn' }
}

/** One row per member, or the most extreme ones with a line on how many were left out. */
export function membersTable(
  measured: readonly MemberResult[],
  style: Style,
  { imbalance, silences = [] }: Pick<RunResult, 'imbalance' | 'silences'> = {},
): string[] {
  const members = measured.map((member) => rowOf(member, imbalance, silences))
  if (members.length <= MAX_FULL) return indented(fittingTable(members, BAR_WIDTHS, style))
  if (members.length <= MAX_COMPACT) return indented(panels(members, style))
  const shown = mostExtreme(members)
  const rest = `and ${formatCount(members.length - shown.length)} more, closer to the mean (all in the JSON)`
  return [
    ...indented(fittingTable(shown, BAR_WIDTHS, style, members)),
    ...indented(wrap([{ text: rest }], MARGIN, MARGIN, style).map((line) => line.trimStart())),
  ]
}

function rowOf(
  member: MemberResult,
  imbalance: Imbalance | undefined,
  silences: readonly SilenceResult[],
): Row {
  const own = silences.filter((silence) => silence.member === member.index)
  const answeredShare = imbalance?.overloaded ? imbalance.members[member.index]?.answeredShare : undefined
  const cause = imbalance?.causes.find(
    ({ cause: name, members }) => name in HELD_UP && members.includes(member.index),
  )
  return {
    ...member,
    ...(answeredShare !== undefined && { answeredShare }),
    ...(own.length > 0 && { still: own.every(({ cameBack }) => cameBack) ? 'stood still' : 'silent' }),
    ...(cause && { heldUp: HELD_UP[cause.cause as keyof typeof HELD_UP] }),
  }
}

/** Furthest from the mean, hottest first. Members that died, stood still or are held up are chosen before any other. */
function mostExtreme(members: readonly Row[]): MemberResult[] {
  const mean = flowsOf(members) / members.length
  const distance = (member: Row): number =>
    member.died === undefined && member.still === undefined && member.heldUp === undefined
      ? Math.abs(member.flows - mean)
      : Number.POSITIVE_INFINITY
  return members
    .toSorted((a, b) => distance(b) - distance(a) || a.index - b.index)
    .slice(0, MAX_FULL)
    .toSorted((a, b) => b.flows - a.flows || a.index - b.index)
}

/** Compact: the columns that matter most, as many members side by side as fit, read downwards. */
function panels(members: readonly Row[], style: Style): string[] {
  const few = columnsFor(members, members, 0, style).filter(
    ({ name }) => !['pid', 'no drops', 'p50', 'queue', 'taken', 'connections'].includes(name),
  )
  const single = fittingTable(members, [], style, members, few)
  const width = widthOf(single)
  const across = Math.max(1, Math.floor((style.columns - MARGIN + GUTTER) / (width + GUTTER)))
  const [head = '', ...rows] = single
  const height = Math.ceil(rows.length / across)
  return [head, ...rows.slice(0, height)].map((_, line) =>
    Array.from({ length: across }, (_unused, panel) => {
      const text =
        line === 0 ? (panel * height < rows.length ? head : '') : (rows[panel * height + line - 1] ?? '')
      return text + ' '.repeat(width - visible(text))
    }).join(' '.repeat(GUTTER)),
  )
}

/** The richest table that fits: with a long bar, a shorter one, none, and then fewer columns. */
function fittingTable(
  rows: readonly Row[],
  barWidths: readonly number[],
  style: Style,
  group: readonly Row[] = rows,
  columns = columnsFor(rows, group, 0, style),
): string[] {
  const withBars = barWidths.map((width) => columnsFor(rows, group, width, style))
  const withoutBars = LEAST_IMPORTANT_FIRST.map((_, i) => {
    const gone = new Set(LEAST_IMPORTANT_FIRST.slice(0, i + 1))
    return columns.filter(({ name }) => !gone.has(name))
  })
  let table: string[] = []
  for (const candidate of [...withBars, columns, ...withoutBars]) {
    table = drawTable(rows, candidate)
    if (widthOf(table) + MARGIN <= style.columns) break
  }
  return table
}

/** `barWidth` 0 for a share without its bar. Shares are of the flows of the whole `group`. */
function columnsFor(rows: readonly Row[], group: readonly Row[], barWidth: number, style: Style): Column[] {
  const flows = flowsOf(group)
  const share = ({ flows: n }: Row): number => (flows === 0 ? 0 : n / flows)
  const overFair = (member: Row): number => share(member) * group.length
  const perFairShare = cellsPerFairShare(Math.max(...rows.map(overFair)), barWidth)
  const barsWidth = Math.ceil(perFairShare * Math.max(...rows.map(overFair)))
  const shareCell = (member: Row): string => {
    const percent = formatPercent(share(member), group.length > MAX_COMPACT ? 2 : 1).padStart(6)
    return barWidth === 0
      ? percent
      : `${bar(overFair(member) * perFairShare, style.unicode).padEnd(barsWidth)} ${percent}`
  }
  const count = (n: number, tone?: Tone): string => style.paint(formatCount(n), n > 0 ? tone : undefined)
  const time = (member: MemberResult, pick: (latency: LatencySummary) => number): string => {
    const latency = member.latency?.response ?? member.latency?.service
    return latency === undefined ? '-' : style.plain(formatDuration(pick(latency)))
  }
  const right = (name: string, cell: Column['cell'], title = name): Column => ({
    name,
    title,
    align: 'right',
    cell,
  })
  const columns: Column[] = [
    right('member', (member) => String(member.index)),
    right('pid', (member) => String(member.pid)),
    right('flows', (member) => count(member.flows)),
    { name: 'share', title: 'share', align: barWidth === 0 ? 'right' : 'left', cell: shareCell },
    ...(rows.some(({ taken }) => taken !== undefined)
      ? [right('taken', ({ taken }) => (taken === undefined ? '-' : count(taken)))]
      : []),
    ...(rows.some(({ connections }) => connections !== undefined)
      ? connectionColumns(rows, right, count)
      : rows.every(({ taken }) => taken === undefined)
        ? []
        : [
            right(
              rows.some(({ drops = 0 }) => drops > 0) ? 'drops' : 'no drops',
              ({ drops }) => (drops === undefined ? '-' : count(drops, 'bad')),
              'drops',
            ),
          ]),
    ...(rows.some(({ answeredShare }) => answeredShare !== undefined)
      ? [
          right('answered', ({ answeredShare }) =>
            answeredShare === undefined ? '-' : formatPercent(answeredShare),
          ),
        ]
      : []),
    right('p50', (member) => time(member, ({ p50Ns }) => p50Ns)),
    right('p99', (member) => time(member, ({ p99Ns }) => p99Ns)),
  ]
  const remark = (member: Row): string => {
    const { text, tone } = remarkOf(member) ?? { text: '' }
    return style.paint(text, tone)
  }
  if (rows.some(remarkOf)) columns.push({ name: 'remark', title: '', align: 'left', cell: remark })
  return columns
}

/** Over TCP: connections, and what waited to become some; overflows only where there were any. */
function connectionColumns(
  rows: readonly Row[],
  right: (name: string, cell: Column['cell'], title?: string) => Column,
  count: (n: number, tone?: Tone) => string,
): Column[] {
  const full = rows.some(({ connections }) => (connections?.overflows ?? 0) > 0)
  return [
    right('connections', ({ connections }) => count(connections?.accepted ?? 0), 'conns'),
    right('queue', ({ connections }) => count(connections?.acceptQueueMost ?? 0), 'queue max'),
    ...(full ? [right('overflows', ({ connections }) => count(connections?.overflows ?? 0, 'bad'))] : []),
  ]
}

function drawTable(rows: readonly Row[], columns: readonly Column[]): string[] {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align),
    chars: { ...NO_BORDER, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  for (const member of rows) table.push(columns.map(({ cell }) => cell(member)))
  return table.toString().split('\n')
}

const NO_BORDER = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((name) => [name, '']),
)

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => ' '.repeat(MARGIN) + line.trimEnd())
}

function flowsOf(members: readonly Row[]): number {
  return members.reduce((sum, { flows }) => sum + flows, 0)
}

function widthOf(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => visible(line.trimEnd())))
}

function visible(text: string): number {
  return stripVTControlCharacters(text).length
}
