import type { CommandFacts } from '../cli/command-facts.js'
import { flagGroups, partsOf, statusesOf, synopsisOf } from './command-words.js'
import { code, option, paragraph, section, tagged, text, titleLine, value } from './roff.js'

export const manualNameOf = (command: string): string => `${pageOf(command)}.1`

const pageOf = (command: string): string => ['rpbench', ...command.split(' ')].filter(Boolean).join('-')

const TOOL = {
  summary: 'load generator and distribution benchmark for Linux SO_REUSEPORT',
  paragraphs: [
    'Starts a group of server processes that share one UDP port, sends from thousands of source ports, and tells which process got what: flows, packets, drops and latency of each, and whether that spread is what a fair hash gives. It needs no root, and traffic stays on this host.',
    'Results are printed, and saved as JSON and CSV. Data goes to standard output, progress and errors to standard error.',
  ],
  statuses: [
    ['0', 'done'],
    ['1', 'failed: what was measured is kept'],
    ['2', 'wrong usage'],
    ['3', 'not a valid measurement, or a claim, threshold or comparison cannot be told'],
    ['99', 'a claim does not hold, a threshold fails, or the new side of a comparison is worse'],
    ['130', 'interrupted, after keeping and printing what was measured'],
  ],
  files: [
    ['results/', 'where results are saved, unless --output names another folder'],
    [
      'rpbench.config.json',
      'flags and thresholds that are not given; found in the working directory or above it',
    ],
  ],
  environment: [
    ['NO_COLOR', 'if set, no colours'],
    ['COLUMNS', 'width of what is printed, where there is no terminal'],
  ],
} as const satisfies Record<string, unknown>

/** man/rpbench.1: the tool, with its commands. */
export function toolManual(commands: readonly CommandFacts[], version: string): string {
  return [
    titleLine('rpbench', version),
    ...section('NAME', text(`rpbench \\- ${TOOL.summary}`)),
    ...section(
      'SYNOPSIS',
      `${code('rpbench')} ${value('COMMAND')} [${value('ARGUMENTS')}] [${value('FLAGS')}]`,
    ),
    ...section('DESCRIPTION', ...TOOL.paragraphs.flatMap((words) => paragraph(words))),
    ...section('COMMANDS', ...commands.flatMap(({ name, summary }) => tagged(code(name), summary))),
    ...section('EXIT STATUS', ...TOOL.statuses.flatMap(([status, meaning]) => tagged(code(status), meaning))),
    ...section('FILES', ...TOOL.files.flatMap(([file, meaning]) => tagged(code(file), meaning))),
    ...section('ENVIRONMENT', ...TOOL.environment.flatMap(([name, meaning]) => tagged(code(name), meaning))),
    ...seeAlso(commands.map(({ name }) => pageOf(name))),
    '',
  ].join('\n')
}

/** man/rpbench-<name>.1: what a command does and takes. */
export function commandManual(command: CommandFacts, version: string): string {
  const { name, summary, exitStatus, examples } = command
  return [
    titleLine(pageOf(name), version),
    ...section('NAME', `${code(pageOf(name), false)} \\- ${text(lowerFirst(summary))}`),
    ...section(
      'SYNOPSIS',
      synopsisOf(command)
        .map((line) => synopsisLine(line))
        .join('\n.br\n'),
    ),
    ...section('DESCRIPTION', ...paragraphsOf(command).flatMap((words) => described(words))),
    ...(command.arguments.length > 0
      ? section(
          'ARGUMENTS',
          ...command.arguments.flatMap((word) => tagged(value(word.name.toUpperCase()), word.description)),
        )
      : []),
    ...flagGroups(command.flags).flatMap(({ title, flags }) =>
      section(
        title === 'Flags' ? 'OPTIONS' : `${title.toUpperCase()} OPTIONS`,
        ...flags.flatMap((flag) => tagged(option(flag.spellings, flag.value), flag.description)),
      ),
    ),
    ...(examples.length > 0
      ? section('EXAMPLES', ...examples.flatMap((example) => exampleLines(example)))
      : []),
    ...(exitStatus === undefined
      ? []
      : section(
          'EXIT STATUS',
          ...statusesOf(exitStatus).flatMap(([status, meaning]) => tagged(code(status), meaning)),
        )),
    ...seeAlso(['rpbench']),
    '',
  ].join('\n')
}

const paragraphsOf = ({ summary, paragraphs }: CommandFacts): readonly string[] =>
  paragraphs.length > 0 ? paragraphs : [`${summary}.`]

const lowerFirst = (words: string): string => `${words[0]?.toLowerCase() ?? ''}${words.slice(1)}`

const seeAlso = (pages: readonly string[]): string[] =>
  section('SEE ALSO', pages.map((page) => `.BR ${code(page, false)} (1)`).join(' ,\n'))

/** Words in capitals stand for something; flags are as they are. */
const synopsisLine = (line: string): string =>
  ['rpbench', ...line.split(' ')]
    .map((word) => (/^[^a-z]*[A-Z][^a-z]*$/.test(word) ? value(word) : code(word)))
    .join(' ')

function described(words: string): string[] {
  const { lead, items } = partsOf(words)
  return [...paragraph(lead), ...items.flatMap(([term, meaning]) => tagged(code(term), meaning))]
}

function exampleLines({ description, command }: CommandFacts['examples'][number]): string[] {
  return [
    ...paragraph(description === undefined ? '' : `${description}:`),
    '.RS 4',
    '.EX',
    code(command, false),
    '.EE',
    '.RE',
  ]
}
