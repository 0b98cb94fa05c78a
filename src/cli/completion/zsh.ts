import { wordsBehind, type CompletedCommand, type CompletedFlag } from './completed-command.js'
import type { Values } from './values.js'

const START = `#compdef rpbench
# Completion of rpbench in zsh, printed by: rpbench completion zsh

_rpbench_beginnings() {
  compadd -S '' "$@"
}

_rpbench_beginnings_or_files() {
  _rpbench_beginnings "$@" || _files
}

_rpbench_list() {
  compset -P '*,'
  compadd "$@"
}

_rpbench_saved() {
  local -a saved=(results/*.json(N))
  if [[ -z $PREFIX && -n $saved ]]; then compadd -f -- $saved; else _files -g '*.(json|html)'; fi
}

_rpbench() {
  local curcontext=$curcontext name=$words[2]
  local -a state line commands
  local -A opt_args
  if (( CURRENT == 2 )); then`

const END = `if [[ $funcstack[1] == _rpbench ]]; then _rpbench "$@"; else compdef _rpbench rpbench; fi
`

/** The script for zsh. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const first = commands.filter(({ name }) => !name.includes(' '))
  const two = commands.filter(({ name }) => name.includes(' '))
  return [
    START,
    `    commands=(${described(first)})`,
    `    _describe -t commands command commands -- '(--help --version)'`,
    '    return',
    '  fi',
    '  shift words; (( CURRENT-- ))',
    ...two.map(
      ({ name }) =>
        `  if (( CURRENT > 2 )) && [[ "$words[1] $words[2]" == ${quoted(name)} ]]; then name=${quoted(name)}; shift words; (( CURRENT-- )); fi`,
    ),
    '  case $name in',
    ...commands.map(
      (command) => `    ${quoted(command.name)}) _arguments -s ${specsOf(command, commands).join(' ')} ;;`,
    ),
    '  esac',
    '}\n',
    END,
  ].join('\n')
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** For _describe, which has a colon between a word and what it is. */
const described = (commands: readonly CompletedCommand[]): string =>
  commands.map(({ name, about }) => quoted(`${name}:${about}`)).join(' ')

function specsOf(command: CompletedCommand, commands: readonly CompletedCommand[]): string[] {
  const flags = command.flags.flatMap((flag) => flagSpecs(flag))
  const behind = wordsBehind(command.name, commands)
  if (behind.length > 0) {
    const words = behind.map(({ name, about }) => `${name}\\:${JSON.stringify(escaped(about))}`).join(' ')
    return [...flags, quoted(`1:command:((${words}))`)]
  }
  if (!command.arguments) return flags
  const { many, values } = command.arguments
  return [...flags, quoted(`${many ? '*' : '1'}:argument:${actionFor(values)}`)]
}

/** Before a colon that would end a part of a specification. */
const escaped = (text: string): string => text.replaceAll(':', String.raw`\:`)

/** One for each way to write the flag; the others are not offered any more once it is there. */
function flagSpecs({ spellings, about, multiple, value }: CompletedFlag): string[] {
  const before = multiple ? '*' : spellings.length > 1 ? `(${spellings.join(' ')})` : ''
  const what = `[${about.replaceAll(/[[\]]/g, String.raw`\$&`)}]`
  const rest = value ? `:${escaped(value.name)}:${actionFor(value.values)}` : ''
  return spellings.map((flag) => {
    const takes = value ? (flag.startsWith('--') ? '=' : '+') : ''
    return quoted(`${before}${flag}${takes}${what}${rest}`)
  })
}

function actionFor(values: Values): string {
  switch (values.kind) {
    case 'words':
      return values.list ? `_rpbench_list ${values.words.join(' ')}` : `(${values.words.join(' ')})`
    case 'beginnings':
      return `_rpbench_beginnings${values.orFile ? '_or_files' : ''} ${escaped(values.words.join(' '))}`
    case 'files':
      return '_files'
    case 'directories':
      return '_files -/'
    case 'saved results':
      return '_rpbench_saved'
    default:
      return ' '
  }
}
