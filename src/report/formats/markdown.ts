import { metricRow } from '../../plan/metrics/table.js'
import type { Figure } from '../../result/repeat-result.js'
import { formatPercent } from '../../units/format.js'
import { formatMeasure } from '../../units/measure.js'
import { plural } from '../../units/plural.js'
import { headlinesOf } from '../headlines.js'
import { createStyle } from '../style.js'
import type { TextOptions } from '../views.js'
import type { Reported } from './format.js'
import { judgementsOf, type Judgement } from './judgements.js'
import { nameOf, subjectsOf, type Subject } from './subject.js'
import { resultText } from './text.js'

/** A comment to a pull request takes 65,536 characters; a summary of a job takes more. */
const MOST_BYTES = 60_000
/** What is left out is said, and that takes room too. */
const RESERVED_BYTES = 500
const MOST_ROWS = 60
const COLUMNS = 100
/** What people look for first comes first. */
const OUTCOMES = ['fail', 'cannot tell', 'not measured', 'pass', 'not possible'] as const

/**
 * Markdown as GitHub and GitLab show it, for the summary of a CI step or a comment: of each result what it is judged by, its
 * headline figures, and folded away the text that is printed after measuring. Never longer than MOST_BYTES: texts go first,
 * then results from the last one on, and what went is said.
 */
export function markdown(reported: readonly Reported[]): string {
  const heads = reported.map(headOf)
  const kept: string[] = []
  let bytes = RESERVED_BYTES
  const add = (text: string): boolean => {
    const more = Buffer.byteLength(text)
    if (bytes + more > MOST_BYTES) return false
    bytes += more
    return true
  }
  for (const head of heads) {
    if (!add(head)) break
    kept.push(head)
  }
  let texts = 0
  const blocks = kept.map((head, i) => {
    const text = texts === i ? foldedText(reported[i]!) : undefined
    if (text === undefined || !add(text)) return head
    texts++
    return head + text
  })
  const notes = [
    ...(kept.length < reported.length ? [plural(reported.length - kept.length, 'result', 'results')] : []),
    ...(texts < kept.length ? [plural(kept.length - texts, 'text', 'texts')] : []),
  ]
  const left = notes.length === 0 ? [] : [`Left out for their length: ${notes.join(' and ')}.\n`]
  return [...blocks, ...left].join('\n')
}

function headOf(one: Reported): string {
  const judgements = judgementsOf(one.result)
  return [
    `## ${escaped(nameOf(one.result))}`,
    ...(judgements.length > 0 ? [summaryOf(judgements), judgementTable(judgements)] : []),
    ...figureTables(subjectsOf([one])),
    '',
  ].join('\n\n')
}

/** The answer in a line. */
function summaryOf(judgements: readonly Judgement[]): string {
  const counts = OUTCOMES.flatMap((outcome) => {
    const n = judgements.filter((one) => one.outcome === outcome).length
    return n === 0 ? [] : [`${n} ${outcome}`]
  })
  return `**${counts.join(' · ')}**`
}

function judgementTable(judgements: readonly Judgement[]): string {
  const sorted = judgements.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome))
  return table(
    ['outcome', 'of', 'what', 'observed'],
    sorted.map(({ of, name, outcome, facts }) => [outcome, of, name, facts.join(' · ')]),
  )
}

function figureTables(subjects: readonly Subject[]): string[] {
  const rows = subjects.flatMap(({ name, figures }) =>
    headlinesOf(figures).map((figure) => ({ name, figure })),
  )
  if (rows.length === 0) return []
  const several = rows.some(({ figure }) => figure.n > 1)
  const columns: [title: string, cell: (row: (typeof rows)[number]) => string][] = [
    ...(subjects.length > 1 ? [['of', ({ name }) => name] satisfies (typeof columns)[number]] : []),
    ['figure', ({ figure }) => figure.metric],
    [several ? 'median' : 'value', ({ figure }) => inUnit(figure, figure.median)],
    ...(several ? SPREAD : []),
  ]
  return [
    table(
      columns.map(([title]) => title),
      rows.map((row) => columns.map(([, cell]) => cell(row))),
    ),
  ]
}

const SPREAD: [title: string, cell: (row: { figure: Figure }) => string][] = [
  [
    'interval',
    ({ figure }) => {
      const { interval } = figure
      return interval
        ? `${inUnit(figure, interval.lower, interval.upper)} (${formatPercent(interval.coverage)})`
        : ''
    },
  ],
  ['least – most', ({ figure }) => inUnit(figure, figure.min, figure.max)],
  ['n', ({ figure }) => String(figure.n)],
]

const inUnit = ({ metric }: Figure, ...values: number[]): string =>
  values.map((value) => formatMeasure(value, metricRow(metric).unit)).join(' – ')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const more = rows.length - MOST_ROWS
  return [
    rowOf(head),
    `|${' --- |'.repeat(head.length)}`,
    ...rows.slice(0, MOST_ROWS).map(rowOf),
    ...(more > 0 ? ['', `and ${plural(more, 'more', 'more')}`] : []),
  ].join('\n')
}

const rowOf = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`

/** The text after measuring, in a fence that is longer than any in it. */
function foldedText({ result, file }: Reported): string {
  const options: TextOptions = { columns: COLUMNS, color: false }
  const text = resultText(result, options).trimEnd()
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)))
  const name = createStyle(options).plain(file).replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<details><summary>${name}</summary>\n\n${fence}text\n${text}\n${fence}\n\n</details>\n\n`
}

/** Text that a user chose must not be read as markup, and stays on its line. */
function escaped(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/[\\`*_{}[\]|#~!]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
