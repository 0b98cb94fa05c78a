import { ATTACH_PARAMETERS } from './attach.js'
import { CHURN_PARAMETERS } from './churn.js'
import { COMPARE_PARAMETERS } from './compare.js'
import { INTERVAL_PARAMETERS } from './interval.js'
import { ON_PARAMETERS } from './on.js'
import { PREDICT_PARAMETERS } from './predict.js'
import type { Command, Row, ValueOf } from './row.js'
import { RUN_PARAMETERS } from './run.js'
import { SHARD_PARAMETERS } from './shard.js'
import { SWEEP_PARAMETERS } from './sweep.js'
import { VERIFY_PARAMETERS } from './verify.js'

/** Every parameter of every command, one row each. */
export const PARAMETERS = {
  ...SWEEP_PARAMETERS,
  ...CHURN_PARAMETERS,
  ...VERIFY_PARAMETERS,
  ...COMPARE_PARAMETERS,
  ...PREDICT_PARAMETERS,
  ...ATTACH_PARAMETERS,
  ...RUN_PARAMETERS,
  ...INTERVAL_PARAMETERS,
  ...ON_PARAMETERS,
  ...SHARD_PARAMETERS,
} as const

type Table = typeof PARAMETERS
export type ParameterKey = keyof Table
export type RunParameterKey = keyof typeof RUN_PARAMETERS

/** The parameters that a command has. */
export type KeysOf<C extends Command> = {
  [Key in ParameterKey]: C extends keyof Table[Key]['commands'] ? Key : never
}[ParameterKey]

/** The name of a parameter's flag, without the dashes. */
export type FlagName<Key extends ParameterKey> = Table[Key]['flag']

/** The value of a parameter in a plan; of one that may be repeated, each of its values. */
export type ParameterValue<Key extends ParameterKey> = ValueOf<Table[Key]>

/** A parameter as messages name it: `--procs`. */
export function flagOf<Key extends ParameterKey>(key: Key): `--${FlagName<Key>}` {
  return `--${PARAMETERS[key].flag}`
}

/** What a command's help, bounds and default of a parameter are: those of its row, but for what is different there. */
export function rowFor(key: ParameterKey, command: Command): Row {
  const row: Row = PARAMETERS[key]
  return { ...row, ...row.commands[command] }
}

/** The parameters of a command, in the order of its help. */
export function keysOf<C extends Command>(command: C): KeysOf<C>[] {
  return (Object.keys(PARAMETERS) as ParameterKey[]).filter((key): key is KeysOf<C> =>
    Object.hasOwn(PARAMETERS[key].commands, command),
  )
}

/**
 * Reads the text of a parameter, within what the command allows.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function readParameter<Key extends ParameterKey>(
  key: Key,
  text: string,
  command: Command,
): ParameterValue<Key> {
  const { kind, min, max } = rowFor(key, command)
  return kind.read(text, {
    flag: flagOf(key),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }) as ParameterValue<Key>
}

/** The parameters for which a command has a default, of its own or that of all. */
type DefaultedKey<C extends Command> = {
  [Key in ParameterKey]: Table[Key]['commands'] extends { [_ in C]: { default: string } }
    ? Key
    : Table[Key] extends { default: string }
      ? Key
      : never
}[ParameterKey]

/** The value of a parameter where nothing is said. */
export function defaultOf<Key extends DefaultedKey<C>, C extends Command = 'run'>(
  key: Key,
  command: C = 'run' as C,
): ParameterValue<Key> {
  return readParameter(key, defaultText(key, command), command)
}

/** The values of a parameter that may be repeated, where nothing is said; a space stands between two in its row. */
export function defaultsOf<Key extends DefaultedKey<C>, C extends Command>(
  key: Key,
  command: C,
): ParameterValue<Key>[] {
  return defaultText(key, command)
    .split(' ')
    .map((text) => readParameter(key, text, command))
}

/** The default, as a user would write it. */
export function defaultText(key: ParameterKey, command: Command): string {
  const text = rowFor(key, command).default
  if (text === undefined) throw new TypeError(`${command} has no default for ${key}`)
  return text
}

/** The greatest value of a parameter, in the unit of the plan. */
export function mostOf(key: ParameterKey, command: Command = 'run'): number {
  return rowFor(key, command).max ?? Infinity
}

/** The words of a choice, those that make sense for the command; undefined for a parameter that is none. */
export function choicesOf({
  kind,
  choices = kind.choices as readonly string[] | undefined,
}: Row): readonly string[] | undefined {
  return choices
}

/** The meaning of a parameter in full, for the help. */
export function helpOf(row: Row): string {
  const choices = choicesOf(row)
  // A value such as fifo|reverse says it already.
  const words =
    choices && !row.value?.includes('|') ? `: ${choices.join(choices.length > 2 ? ', ' : ' or ')}` : ''
  const usual = defaultInWords(row)
  return [
    row.help,
    words,
    row.multiple ? '; may be repeated' : '',
    usual === undefined ? '' : ` [default: ${usual}]`,
  ].join('')
}

/** What holds where nothing is said, for the help; undefined where there is nothing to say. */
export function defaultInWords({ kind, default: text, unset }: Row): string | undefined {
  const parts = [kind.name === 'switch' ? undefined : text, unset].filter((part) => part !== undefined)
  return parts.length > 0 ? parts.join(', ') : undefined
}
