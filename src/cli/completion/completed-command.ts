import type { CommandFacts, FlagFacts } from '../command-facts.js'
import { argumentValues, flagValues, type Values } from './values.js'

export interface CompletedFlag {
  /** each way to write it: `-p`, `--procs` */
  spellings: readonly string[]
  /** in a few words */
  about: string
  multiple: boolean
  /** what stands for its value in the help, and what can be put there; absent for a flag that takes none */
  value?: { name: string; values: Values }
}

/** A command as completion scripts have it. */
export interface CompletedCommand {
  /** its words: `verify selectors` */
  name: string
  about: string
  flags: CompletedFlag[]
  /** what its other words are; absent where it takes none */
  arguments?: { many: boolean; values: Values }
}

const ANYTHING = { kind: 'anything' } as const
const HELP: CompletedFlag = { spellings: ['--help'], about: 'what it does and takes', multiple: false }

/** What shells are told of each command. */
export function completedCommands(commands: readonly CommandFacts[]): CompletedCommand[] {
  return commands.map((command) => {
    const values = argumentValues(command.name)
    return {
      name: command.name,
      about: command.summary,
      flags: [...command.flags.map((flag) => completedFlag(command.name, flag)), HELP],
      ...(values && { arguments: { many: command.manyArguments, values } }),
    }
  })
}

function completedFlag(command: string, flag: FlagFacts): CompletedFlag {
  const { spellings, description, multiple, value } = flag
  return {
    spellings,
    about: inShort(description),
    multiple,
    ...(value !== undefined && {
      value: { name: value, values: flagValues(command, flag) ?? ANYTHING },
    }),
  }
}

/** A menu has room for a line: without choices, examples and defaults. */
const inShort = (description: string): string => description.split(/: |; |, such as | \[| \(/)[0]!

/** The words that stand behind a word of a command: `selectors` behind `verify`. */
export function wordsBehind(word: string, commands: readonly CompletedCommand[]): CompletedCommand[] {
  return commands
    .filter(({ name }) => name.startsWith(`${word} `))
    .map((command) => ({ ...command, name: command.name.slice(word.length + 1) }))
}
