import * as Flags from '@oclif/core/flags'
import type * as Interfaces from '@oclif/core/interfaces'
import type { Command, Row } from '../plan/parameters/row.js'
import {
  helpOf,
  keysOf,
  PARAMETERS,
  readParameter,
  rowFor,
  type FlagName,
  type KeysOf,
  type ParameterKey,
  type ParameterValue,
} from '../plan/parameters/table.js'

type RowOf<Key extends ParameterKey> = (typeof PARAMETERS)[Key]

/** What a flag brings: whether it was given, or its text, or all of its texts. */
type Given<Key extends ParameterKey> = RowOf<Key>['kind'] extends { name: 'switch' }
  ? boolean
  : RowOf<Key> extends { multiple: true }
    ? string[]
    : string

/** A command's flags as oclif reads them: all text, since the units are ours to read. */
export type FlagTexts<C extends Command> = { [Key in KeysOf<C> as FlagName<Key>]?: Given<Key> | undefined }

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

/** The values that were asked for, by their key; each that may be repeated as a list. */
export type Asked<Key extends ParameterKey> = {
  [K in Key]?: RowOf<K> extends { multiple: true } ? ParameterValue<K>[] : ParameterValue<K>
}

/** As it was given. */
type Supplied<Key extends ParameterKey> = RowOf<Key> extends { multiple: true } ? string[] : string

/**
 * Reads the texts of these parameters.
 * @returns their values, and what the user gave, as given
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function readFlags<C extends Command, Key extends KeysOf<C>>(
  command: C,
  keys: readonly Key[],
  texts: Readonly<Record<string, string | string[] | boolean | undefined>>,
): { asked: Asked<Key>; supplied: Record<string, Supplied<Key>> } {
  const supplied: Record<string, string | string[]> = {}
  const asked: Partial<Record<ParameterKey, unknown>> = {}
  for (const key of keys) {
    const { flag } = PARAMETERS[key]
    const text = texts[flag]
    if (text === undefined || text === false) continue
    const given = Array.isArray(text) ? text : String(text)
    supplied[flag] = given
    asked[key] = Array.isArray(given)
      ? given.map((one) => readParameter(key, one, command))
      : readParameter(key, given, command)
  }
  return { asked: asked as Asked<Key>, supplied: supplied as Record<string, Supplied<Key>> }
}
