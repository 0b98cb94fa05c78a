import type { Command } from '@oclif/core/command'

/** A flag as the help, the manual and completion have it. */
export interface FlagFacts {
  /** without the dashes */
  name: string
  /** each way to write it: `-p`, `--procs`, `--no-save` */
  spellings: string[]
  /** stands for its value; absent for a flag that takes none */
  value?: string
  description: string
  /** the group that the help puts it in */
  group: string
  multiple: boolean
}

/** What a command is and takes, as data: all that is said of commands outside their own files is made of this. */
export interface CommandFacts {
  /** its words: `verify selectors` */
  name: string
  summary: string
  /** paragraphs; one whose lines are indented is a list of them */
  paragraphs: string[]
  /** after `Exit status: `, where its description has such a paragraph */
  exitStatus?: string
  /** how to call it, without the tool's name, where that is not to be told from arguments and flags */
  usage: string[]
  arguments: { name: string; description: string; required: boolean }[]
  /** whether it takes more words than it names */
  manyArguments: boolean
  flags: FlagFacts[]
  examples: { description?: string; command: string }[]
}

/** What of a command is read: its class has it, and so has the manifest, with what all commands share in `flags`. */
export type Described = Pick<
  Command.Loadable,
  'summary' | 'description' | 'usage' | 'args' | 'flags' | 'examples' | 'strict'
>

const EXIT_STATUS = 'Exit status: '

/**
 * Reads what a command says of itself.
 * @param id its words, joined by colons
 */
export function commandFacts(id: string, command: Described): CommandFacts {
  const name = id.replaceAll(':', ' ')
  const [first = '', ...others] = (command.description ?? '').split(/\n{2,}/)
  const summary = command.summary ?? first
  const paragraphs = command.summary === undefined ? others : [first, ...others]
  const exitStatus = paragraphs.find((paragraph) => paragraph.startsWith(EXIT_STATUS))
  return {
    name,
    summary: summary.replace(/\.$/, ''),
    paragraphs: paragraphs.filter((paragraph) => paragraph !== exitStatus),
    ...(exitStatus !== undefined && { exitStatus: exitStatus.slice(EXIT_STATUS.length) }),
    usage: [command.usage ?? []].flat(),
    arguments: Object.entries(command.args).map(([word, argument]) => ({
      name: word,
      description: argument.description ?? '',
      required: argument.required === true,
    })),
    manyArguments: command.strict === false,
    flags: Object.entries(command.flags)
      .filter(([, flag]) => !flag.hidden)
      .map(([flag, words]) => flagFacts(flag, words)),
    examples: (command.examples ?? []).map((example) => exampleFacts(example, name)),
  }
}

function flagFacts(name: string, flag: Command.Flag.Any | Command.Flag.Cached): FlagFacts {
  const long = [name, ...(flag.aliases ?? [])].map((one) => `--${one}`)
  const refused = flag.type === 'boolean' && flag.allowNo ? [`--no-${name}`] : []
  return {
    name,
    spellings: [...(flag.char === undefined ? [] : [`-${flag.char}`]), ...long, ...refused],
    ...(flag.type === 'option' && { value: flag.helpValue === undefined ? 'VALUE' : String(flag.helpValue) }),
    description: `${flag.description ?? ''}${usualOf(flag)}`,
    group: flag.helpGroup ?? '',
    multiple: flag.type === 'option' && flag.multiple === true,
  }
}

/** A default that the framework knows and adds itself; those of parameters are in their descriptions. */
function usualOf(flag: Command.Flag.Any | Command.Flag.Cached): string {
  return flag.type === 'option' && typeof flag.default === 'string' ? ` [default: ${flag.default}]` : ''
}

function exampleFacts(example: Command.Example, name: string): { description?: string; command: string } {
  const { description, command } =
    typeof example === 'string' ? { description: undefined, command: example } : example
  return {
    ...(description !== undefined && { description }),
    command: command.replaceAll('<%= config.bin %>', 'rpbench').replaceAll('<%= command.id %>', name),
  }
}
