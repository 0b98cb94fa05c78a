import * as Flags from '@oclif/core/flags'
import type * as Interfaces from '@oclif/core/interfaces'
import type { Command, Row } from '../plan/parameters/row.js'
import {
  helpOf,
  keysOf,
  PARAMETERS,
  rowFor,
  type FlagName,
  type KeysOf,
  type ParameterKey,
} from '../plan/parameters/table.js'
import type { Given } from '../plan/parameters/texts.js'

type CommandFlags<C extends Command> = {
  [Key in KeysOf<C> as FlagName<Key>]: Given<Key> extends boolean
    ? Interfaces.BooleanFlag<boolean>
    : Interfaces.OptionFlag<Given<Key> | undefined>
}

/** The flags of a command, made of the table of parameters. */
export function flagsOf<C extends Command>(command: C): CommandFlags<C> {
  const flags = keysOf(command).map((key) => [PARAMETERS[key].flag, flagFor(key, command)])
  return Object.fromEntries(flags) as CommandFlags<C>
}

function flagFor(key: ParameterKey, command: Command) {
  const row = rowFor(key, command)
  return row.kind.name === 'switch' ? Flags.boolean(flagWords(row)) : flagForRow(row)
}

function flagWords(row: Row) {
  return {
    description: helpOf(row),
    ...(row.char !== undefined && { char: row.char as Interfaces.AlphabetLowercase }),
    ...(row.aliases && { aliases: [...row.aliases] }),
    ...(row.group !== undefined && { helpGroup: row.group }),
  }
}

/** The flag of a row that takes a text. */
export function flagForRow<const R extends Row>(
  row: R,
): Interfaces.OptionFlag<(R extends { multiple: true } ? string[] : string) | undefined> {
  const option = { ...flagWords(row), helpValue: row.value ?? row.kind.value }
  const flag = row.multiple
    ? Flags.string({ ...option, multiple: true, multipleNonGreedy: true })
    : Flags.string(option)
  return flag as ReturnType<typeof flagForRow<R>>
}
