import { wordsBehind, type CompletedCommand } from './completed-command.js'
import type { Values } from './values.js'

/** Bash splits words at = and : and quotes, so the line is read anew. */
const FUNCTIONS = `_rpbench_words() {
  mapfile -t COMPREPLY < <(compgen -W "\${*:2}" -- "$1")
}

_rpbench_beginnings() {
  _rpbench_words "$@"
  compopt -o nospace 2> /dev/null
}

_rpbench_list() {
  local before=\${1%"\${1##*,}"}
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "\${*:2}" -- "\${1##*,}")
}

_rpbench_files() {
  compopt -o filenames 2> /dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_rpbench_directories() {
  compopt -o filenames 2> /dev/null
  mapfile -t COMPREPLY < <(compgen -d -- "$1")
}

_rpbench_saved() {
  local -a saved=(results/*.json)
  compopt -o filenames 2> /dev/null
  if [[ -z $1 && -e \${saved[0]} ]]; then COMPREPLY=("\${saved[@]}"); return; fi
  mapfile -t COMPREPLY < <(compgen -d -- "$1"; compgen -f -X '!*.json' -- "$1"; compgen -f -X '!*.html' -- "$1")
}
`

const START = `_rpbench() {
  local line=\${COMP_LINE:0:COMP_POINT} typed='' previous='' name=''
  local -a words
  read -ra words <<< "$line"
  if [[ $line != *[[:space:]] ]]; then typed=\${words[-1]}; unset 'words[-1]'; fi
  previous=\${words[-1]}
  if [[ $typed == --*=* ]]; then previous=\${typed%%=*}; typed=\${typed#*=}; fi
  typed=\${typed#[\\"\\']}
  COMPREPLY=()
`

/** The script for bash. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const first = commands.filter(({ name }) => !name.includes(' '))
  const names = first.map(({ name }) => name)
  const two = commands.filter(({ name }) => name.includes(' ')).map(({ name }) => `'${name}'`)
  return [
    '# Completion of rpbench in bash, printed by: rpbench completion bash\n',
    FUNCTIONS,
    START,
    two.length > 0 &&
      `  case "\${words[1]} \${words[2]}" in ${two.join('|')}) name="\${words[1]} \${words[2]}" ;; esac`,
    `  [[ -n $name ]] || name=\${words[1]}`,
    '  case "$name $previous" in',
    ...valueCases(commands),
    '  esac',
    '  case "$name" in',
    `    '') _rpbench_words "$typed" ${[...names, '--help', '--version'].join(' ')} ;;`,
    ...commands.map((command) => `    '${command.name}') ${restOf(command, commands)} ;;`),
    '  esac',
    '}\n',
    'complete -F _rpbench rpbench\n',
  ]
    .filter((line) => line !== false)
    .join('\n')
}

/** A case for each kind of value, with the flags that take it. */
function valueCases(commands: readonly CompletedCommand[]): string[] {
  const takers = new Map<string, string[]>()
  for (const { name, flags } of commands)
    for (const { spellings, value } of flags) {
      if (!value) continue
      const call = callFor(value.values)
      takers.set(call, [...(takers.get(call) ?? []), ...spellings.map((flag) => `'${name} ${flag}'`)])
    }
  return [...takers].map(([call, flags]) => `    ${flags.join('|')})\n      ${call}${call && '; '}return ;;`)
}

function callFor(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `${values.list ? '_rpbench_list' : '_rpbench_words'} "$typed" ${values.words.join(' ')}`
    case 'beginnings': {
      const call = `_rpbench_beginnings "$typed" ${values.words.join(' ')}`
      return values.orFile ? `${call}; [[ -n $COMPREPLY ]] || _rpbench_files "$typed"` : call
    }
    case 'files':
      return '_rpbench_files "$typed"'
    case 'directories':
      return '_rpbench_directories "$typed"'
    case 'saved results':
      return '_rpbench_saved "$typed"'
    default:
      return ''
  }
}

/** What can stand where no value of a flag does: the words that the command takes, or its flags. */
function restOf(command: CompletedCommand, commands: readonly CompletedCommand[]): string {
  const flags = command.flags.flatMap(({ spellings }) => spellings).filter((flag) => flag.startsWith('--'))
  const behind = wordsBehind(command.name, commands).map(({ name }) => name)
  const all = `_rpbench_words "$typed" ${[...behind, ...flags].join(' ')}`
  if (!command.arguments) return all
  return `if [[ $typed == -* ]]; then ${all}; else ${callFor(command.arguments.values)}; fi`
}
