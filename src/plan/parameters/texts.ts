import type { Command } from './row.js'
import {
  PARAMETERS,
  readParameter,
  type FlagName,
  type KeysOf,
  type ParameterKey,
  type ParameterValue,
} from './table.js'

type RowOf<Key extends ParameterKey> = (typeof PARAMETERS)[Key]

/** What a flag brings: whether it was given, or its text, or all of its texts. */
export type Given<Key extends ParameterKey> = RowOf<Key>['kind'] extends { name: 'switch' }
  ? boolean
  : RowOf<Key> extends { multiple: true }
    ? string[]
    : string

/** A command's parameters by their flags, as they are given: all text, since the units are ours to read. */
export type FlagTexts<C extends Command> = { [Key in KeysOf<C> as FlagName<Key>]?: Given<Key> | undefined }

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
export function readTexts<C extends Command, Key extends KeysOf<C>>(
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
