import type { CommandFacts } from '../cli/command-facts.js'
import { cell } from './cell.js'
import { flagGroups, partsOf, statusesOf, synopsisOf } from './command-words.js'

const MADE = 'This page is made from the command by `npm run docs`'

export const pageNameOf = (command: string): string => `${command.replaceAll(' ', '-')}.md`

/** docs/commands/README.md: every command with what it is for. */
export function commandsIndex(commands: readonly CommandFacts[]): string {
  return `${[
    '# Commands',
    `Each as its help has it. ${MADE.replace('page is made from the command', 'page is made from the commands')}.`,
    [
      '| command | what it is for |',
      '| --- | --- |',
      ...commands.map(({ name, summary }) => `| [rpbench ${name}](${pageNameOf(name)}) | ${cell(summary)} |`),
    ].join('\n'),
    'Defaults and bounds of what can be measured: [parameters](../parameters.md). What results hold: [results](../results.md).',
  ].join('\n\n')}\n`
}

/** docs/commands/<name>.md: what a command does and takes. */
export function commandPage(command: CommandFacts): string {
  const { name, summary, paragraphs, exitStatus, examples } = command
  const blocks = [
    `# rpbench ${name}`,
    `${summary}.`,
    indented(synopsisOf(command).map((line) => `rpbench ${line}`)),
    ...paragraphs.map((paragraph) => paragraphText(paragraph)),
    ...(command.arguments.length > 0
      ? [
          '## Arguments',
          table(
            'argument',
            command.arguments.map(({ name: word, description }) => [word.toUpperCase(), description]),
          ),
        ]
      : []),
    ...flagGroups(command.flags).flatMap(({ title, flags }) => [
      `## ${title}`,
      table(
        'flag',
        flags.map(({ spellings, value, description }) => [
          `${spellings.join(', ')}${value === undefined ? '' : ` ${value}`}`,
          description,
        ]),
      ),
    ]),
    ...(examples.length > 0 ? ['## Examples', ...examples.map((example) => exampleText(example))] : []),
    ...(exitStatus === undefined ? [] : ['## Exit status', table('status', statusesOf(exitStatus))]),
    `${MADE}; \`rpbench ${name} --help\` says the same. [All commands](README.md)`,
  ]
  return `${blocks.join('\n\n')}\n`
}

const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join('\n')

function table(head: string, rows: readonly (readonly [string, string])[]): string {
  return [
    `| ${head} | meaning |`,
    '| --- | --- |',
    ...rows.map(([term, meaning]) => `| \`${cell(term)}\` | ${cell(meaning)} |`),
  ].join('\n')
}

function paragraphText(paragraph: string): string {
  const { lead, items } = partsOf(paragraph)
  return [
    lead,
    ...(items.length > 0 ? ['', ...items.map(([term, meaning]) => `- \`${term}\`: ${meaning}`)] : []),
  ].join('\n')
}

function exampleText({ description, command }: CommandFacts['examples'][number]): string {
  return `${description === undefined ? '' : `${description}:\n\n`}${indented([command])}`
}
