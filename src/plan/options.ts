import { usageError } from '../errors.js'
import { nearestName } from './metrics/table.js'
import { separatorOf } from './axis.js'
import { LIMIT_PARAMETERS } from './parameters/limits.js'
import type { Command, Row, ValueOf } from './parameters/row.js'
import { keysOf, PARAMETERS, type FlagName, type KeysOf, type ParameterKey } from './parameters/table.js'

type RowOf<Key extends ParameterKey> = (typeof PARAMETERS)[Key]

/** `in-flight` → `inFlight`. */
type Camel<Text extends string> = Text extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Text

/** What one value of each kind may be given as, where that is more than a text. */
interface KindOptions {
  count: number | string
  number: number | string
  rate: number | string
  bytes: number | string
  share: number | string
}

/** One value of a parameter: as its flag takes it, or as a number where it is one without a unit. */
type One<R extends Row> = R['kind'] extends { name: 'switch' }
  ? boolean
  : R['kind'] extends { name: 'choice' }
    ? ValueOf<R>
    : R['kind'] extends { name: infer Name extends keyof KindOptions }
      ? KindOptions[Name]
      : string

/** What a list, a range or a repeated parameter may also be given as. */
type Several<R extends Row> = R extends { multiple: true }
  ? readonly string[]
  : R['kind'] extends { name: 'addresses' }
    ? readonly string[]
    : R['kind'] extends { name: 'cpus' }
      ? readonly number[]
      : R['kind'] extends { name: 'ports' }
        ? number | readonly [first: number, last: number]
        : never

/** In a sweep, each of the values, or `1..16*2` and the like. */
type Axis<R extends Row> = R['kind'] extends { name: 'switch' } ? never : string | readonly One<R>[]

type Value<Key extends ParameterKey, C extends Command> =
  One<RowOf<Key>> | (C extends 'sweep' ? Axis<RowOf<Key>> : Several<RowOf<Key>>)

/** Names that say their unit, with which a bare number is meant to be in it. */
type InUnit<Key extends string> = Key extends `${string}${'Ns' | 'Hz' | 'Bytes'}` ? Key : never

/** What thresholds a result is held against. */
interface LimitOptions {
  /** limits that metrics must keep, such as `latency.response.p99<2ms` */
  readonly threshold?: readonly string[] | undefined
  /** of which of several repetitions they must hold */
  readonly thresholdOn?: ValueOf<typeof LIMIT_PARAMETERS.thresholdOn> | undefined
}

/**
 * The parameters of a command as a program gives them: under the names of the flags in camel case, or, as numbers in that unit,
 * under those of a result's plan that say their unit (`duration: '2s'` or `durationNs: 2e9`).
 */
export type OptionsOf<C extends Command> = {
  readonly [Key in KeysOf<C> as Camel<FlagName<Key>>]?: Value<Key, C> | undefined
} & {
  readonly [Key in InUnit<KeysOf<C>>]?: number | undefined
} & (C extends 'run' | 'sweep' | 'churn' | 'verify' ? LimitOptions : unknown)

/** The texts of a command's parameters, by flag. */
type Texts = Record<string, string | string[] | boolean>

const UNITS = [
  ['Ns', 'ns'],
  ['Hz', ''],
  ['Bytes', ''],
] as const

interface Option {
  row: Row
  /** what is written behind a bare number */
  unit: string
}

const camel = (flag: string): string => flag.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** Every name that an option of a command can have. */
function optionsNamed(command: Command): Map<string, Option> {
  const rows: [string, Row][] = keysOf(command).map((key) => [key, PARAMETERS[key]])
  const limits = Object.entries<Row>(LIMIT_PARAMETERS).filter(([, row]) => row.commands[command])
  const names = new Map<string, Option>()
  for (const [key, row] of [...rows, ...limits]) {
    const unit = UNITS.find(([ending]) => key.endsWith(ending))
    if (unit) names.set(key, { row, unit: unit[1] })
    names.set(camel(row.flag), { row, unit: '' })
  }
  return names
}

/**
 * The options of a program → the texts that the flags of the command would have.
 * @param without flags that the command has and its function has not
 * @throws RpbenchError (wrong usage) where there is no such option, or it is given twice or as what it cannot be
 */
export function textsOf(command: Command, options: object, without: readonly string[] = []): Texts {
  const named = optionsNamed(command)
  const texts: Texts = {}
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined) continue
    const option = named.get(name)
    if (option === undefined || without.includes(option.row.flag)) {
      const known = [...named].filter(([, { row }]) => !without.includes(row.flag)).map(([one]) => one)
      throw usageError(
        `There is no option ${name} of ${command}; did you mean ${nearestName(name, known)}? Options have the names of the flags, in camel case.`,
      )
    }
    const { flag } = option.row
    if (texts[flag] !== undefined)
      throw usageError(`${name} and ${camel(flag)} are two names of one option: give one of them.`)
    texts[flag] = textOf(name, value, option, command === 'sweep')
  }
  return texts
}

function textOf(
  name: string,
  value: unknown,
  { row, unit }: Option,
  swept: boolean,
): string | string[] | boolean {
  const { kind } = row
  if (kind.name === 'switch') {
    if (typeof value === 'boolean') return value
    throw usageError(`The option ${name} is true or false, not ${shown(value)}.`)
  }
  if (!Array.isArray(value)) {
    const text = single(name, value, unit)
    return row.multiple ? [text] : text
  }
  if (value.length === 0)
    throw usageError(`The option ${name} is an empty list: leave it out, or name a value.`)
  const texts = value.map((one) => single(name, one, unit))
  if (row.multiple) return texts
  if (swept) return texts.join(separatorOf(kind))
  if (kind.name === 'ports') return texts.join('-')
  if (kind.holdsCommas) return texts.join(',')
  throw usageError(`The option ${name} takes one value, not a list; sweep takes several.`)
}

function single(name: string, value: unknown, unit: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isFinite(value)) return `${decimal(value)}${unit}`
  throw usageError(`The option ${name} takes a text or a number, not ${shown(value)}.`)
}

/** Without an exponent, which not every kind of value takes. */
const decimal = (value: number): string =>
  /e/.test(String(value)) ? value.toFixed(Math.abs(value) < 1 ? 20 : 0) : String(value)

const shown = (value: unknown): string => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Texts as they would stand on the command line, to name them by: `--procs 4 --rate 20k`. */
export function commandLine(
  texts: Readonly<Record<string, string | string[] | boolean | undefined>>,
): string {
  const words = Object.entries(texts).flatMap(([flag, text]) =>
    text === true ? [`--${flag}`] : [text].flat().map((one) => `--${flag} ${String(one)}`),
  )
  return words.length > 0 ? words.join(' ') : 'the defaults'
}
