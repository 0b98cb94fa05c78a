import type { KindName } from '../plan/parameters/kind.js'
import { LIMIT_PARAMETERS } from '../plan/parameters/limits.js'
import { COMMANDS, GROUPS, type Command, type Group, type Row } from '../plan/parameters/row.js'
import { choicesOf, defaultInWords, PARAMETERS } from '../plan/parameters/table.js'
import { formatBytes, formatCount, formatDuration, formatPercent } from '../units/format.js'
import { cell } from './cell.js'

const INTRODUCTION = `# Parameters

What commands can be told, by group. This page is made from the table of parameters by \`npm run docs\`; the same stands in
\`rpbench run --help\` and those of the other commands.

Times are numbers with ns, us, ms, s, m or h; counts and rates may end in k, M or G (thousands), bytes in K, M or G
(multiples of 1024); shares are percentages or fractions. In a sweep every parameter of a run takes a list (\`1,2,4\`), and
numbers take a range (\`10k..50k/10k\`, \`1..16*2\`); where values hold commas themselves, \`;\` stands between two.`

const TITLES: Readonly<Record<Group, string>> = {
  SWEEP: 'Of a sweep',
  CHANGES: 'Changes under load',
  CLAIMS: 'Claims to verify',
  COMPARISON: 'Of a comparison',
  'CHANGE OF THE GROUP': 'The group that is predicted',
  'WATCHED GROUP': 'A live group that is watched',
  TARGET: 'The target',
  CONTROL: 'A group that serves',
  GROUP: 'The group',
  FLOWS: 'Flows',
  LOAD: 'Load',
  SHARDS: 'Several hosts as one',
  LIMITS: 'Limits for results',
}

const PRINTERS: { readonly [Name in KindName]?: (value: number) => string } = {
  count: formatCount,
  rate: (hz) => `${formatCount(hz)}/s`,
  duration: formatDuration,
  bytes: formatBytes,
  share: (share) => formatPercent(share),
  'slow-member': formatDuration,
  change: formatDuration,
  command: formatDuration,
}

const ROWS: readonly Row[] = [...Object.values(PARAMETERS), ...Object.values(LIMIT_PARAMETERS)]

/** docs/parameters.md: a table for each group. */
export function parametersPage(): string {
  const sections = GROUPS.map((group) => {
    const rows = ROWS.filter((row) => row.group === group)
    return [
      `## ${TITLES[group]}`,
      '',
      '| flag | default | bounds | commands | meaning |',
      '| --- | --- | --- | --- | --- |',
      ...rows.map((row) => `| ${cellsOf(row).map(cell).join(' | ')} |`),
    ].join('\n')
  })
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`
}

function cellsOf(row: Row): string[] {
  const commands = COMMANDS.filter((command) => row.commands[command])
  const value = row.kind.name === 'switch' ? '' : ` ${row.value ?? row.kind.value}`
  return [
    `${row.char === undefined ? '' : `\`-${row.char}\`, `}\`--${row.flag}${value}\``,
    byCommand(row, commands, (words) => defaultInWords(words) ?? ''),
    byCommand(row, commands, boundsOf),
    commands.join(', '),
    byCommand(row, commands, ({ help, multiple }) => (multiple ? `${help}; may be repeated` : help)) +
      (row.detail === undefined ? '' : `: ${row.detail}`),
  ]
}

/** What is the same for most commands, and behind it what is not, with the command's name. */
function byCommand(row: Row, commands: readonly Command[], say: (words: Row) => string): string {
  const [first, ...others] = commands.map((command) => ({
    command,
    text: say({ ...row, ...row.commands[command] }),
  }))
  if (!first) return ''
  const different = others.filter(({ text }) => text !== first.text && text !== '')
  return [first.text, ...different.map(({ command, text }) => `${command}: ${text}`)]
    .filter((text) => text !== '')
    .join('; ')
}

function boundsOf(row: Row): string {
  const { kind, min, max } = row
  const print = PRINTERS[kind.name] ?? String
  const choices = choicesOf(row)
  if (choices) return choices.join(', ')
  if (max !== undefined) return `${print(min ?? 0)} to ${print(max)}`
  return min === undefined ? '' : `${print(min)} at least`
}
