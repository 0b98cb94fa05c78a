import { wordsBehind, type CompletedCommand, type CompletedFlag } from './completed-command.js'
import type { Values } from './values.js'

const FUNCTIONS = `# Completion of rpbench in fish, printed by: rpbench completion fish

function __rpbench_typed
  commandline -ct | string replace -r -- '^--[^=]*=' ''
end

function __rpbench_list
  set -l before (string match -r -- '^.*,' (__rpbench_typed))
  printf '%s\\n' "$before"$argv
end

function __rpbench_saved
  set -l saved results/*.json
  if test -z (__rpbench_typed | string collect); and set -q saved[1]
    printf '%s\\n' $saved
  else
    __fish_complete_path (__rpbench_typed)
  end
end
`

/** The script for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const two = commands.filter(({ name }) => name.includes(' '))
  const first = commands.filter(({ name }) => !name.includes(' '))
  return [
    FUNCTIONS,
    'function __rpbench_is',
    '  set -l words (commandline -opc)',
    ...two.map(({ name }) => `  if test "$words[2..3]" = '${name}'; test "$argv" = '${name}'; return; end`),
    '  test "$argv" = "$words[2]"',
    'end\n',
    'complete -c rpbench -f',
    `complete -c rpbench -n "__rpbench_is ''" -l help -d 'what there is'`,
    `complete -c rpbench -n "__rpbench_is ''" -l version -d 'version of the tool, the platform and Node.js'`,
    ...first.map((command) => `complete -c rpbench -n "__rpbench_is ''" ${wordOf(command)}`),
    ...commands.flatMap((command) => linesOf(command, commands)),
    '',
  ].join('\n')
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`

const wordOf = ({ name, about }: CompletedCommand): string => `-a ${name} -d ${quoted(about)}`

function linesOf(command: CompletedCommand, commands: readonly CompletedCommand[]): string[] {
  const { name, flags, arguments: words } = command
  const start = `complete -c rpbench -n "__rpbench_is ${name}"`
  return [
    ...wordsBehind(name, commands).map((behind) => `${start} ${wordOf(behind)}`),
    ...(words ? [`${start} ${valuesIn(words.values)}`] : []),
    ...flags.flatMap((flag) => flagLines(flag).map((line) => `${start} ${line}`)),
  ]
}

/** One line for the flag, with its short name; and one for each other way to write it. */
function flagLines({ spellings, about, value }: CompletedFlag): string[] {
  const short = spellings.find((flag) => !flag.startsWith('--'))
  const long = spellings.filter((flag) => flag.startsWith('--'))
  const rest = `${value ? `-r ${valuesIn(value.values)} ` : ''}-d ${quoted(about)}`
  return long.map((flag, i) =>
    [...(i === 0 && short !== undefined ? [`-s ${short.slice(1)}`] : []), `-l ${flag.slice(2)}`, rest].join(
      ' ',
    ),
  )
}

function valuesIn(values: Values): string {
  switch (values.kind) {
    case 'words':
      return values.list
        ? `-f -a '(__rpbench_list ${values.words.join(' ')})'`
        : `-f -a '${values.words.join(' ')}'`
    case 'beginnings':
      return `${values.orFile ? '-F' : '-f'} -a '${values.words.join(' ')}'`
    case 'files':
      return '-F'
    case 'directories':
      return `-f -a '(__fish_complete_directories (__rpbench_typed))'`
    case 'saved results':
      return `-f -a '(__rpbench_saved)'`
    default:
      return '-f'
  }
}
