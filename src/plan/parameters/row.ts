import type { Kind } from './kind.js'

/** The commands that have parameters. */
export const COMMANDS = ['run', 'sweep', 'churn', 'verify', 'compare', 'predict', 'attach', 'serve'] as const
export type Command = (typeof COMMANDS)[number]

/** Groups of parameters, as the help and the documentation have them, in this order. */
export const GROUPS = [
  'SWEEP',
  'CHANGES',
  'CLAIMS',
  'COMPARISON',
  'CHANGE OF THE GROUP',
  'WATCHED GROUP',
  'TARGET',
  'CONTROL',
  'GROUP',
  'FLOWS',
  'LOAD',
  'SHARDS',
  'LIMITS',
] as const
export type Group = (typeof GROUPS)[number]

/** For parameters that are as they are in `run`. A sweep makes runs, so it has all that `run` has. */
export const RUNS = { run: {}, sweep: {} }
export const AND_CHURN = { ...RUNS, churn: {} }
/** Those of a group alone, beside a run. */
export const RUNS_AND_SERVE = { ...RUNS, serve: {} }
export const CHURN_AND_SERVE = { ...AND_CHURN, serve: {} }

/** What may be different from command to command. */
interface Words {
  /** meaning, in a few words that begin in lower case; the words of a choice and the default are added to it */
  readonly help: string
  /** of a choice, the words that make sense here, where not all do; the command refuses the others and says why */
  readonly choices?: readonly string[]
  /** the value where nothing is said, written as a user would */
  readonly default?: string | undefined
  /** in words: what holds where nothing is said and there is no `default`, or what else decides it */
  readonly unset?: string | undefined
  /** least and greatest value, in the unit of the plan */
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** absent in the help of commands that have few flags */
  readonly group?: Group | undefined
}

/** One parameter: all that is said of it is said here. */
export interface Row extends Words {
  readonly kind: Kind
  /** more that the documentation says of it */
  readonly detail?: string
  /** without the dashes */
  readonly flag: string
  readonly char?: string
  /** other names of the flag */
  readonly aliases?: readonly string[]
  /** stands for a value in the help, where its kind has no good word for it */
  readonly value?: string
  /** whether a complete plan may lack it */
  readonly optional?: true
  /** whether it came later than some results that are to be read, which lack it */
  readonly added?: true
  /** whether it may be given more than once */
  readonly multiple?: true
  /** which commands have it, each with what is different there */
  readonly commands: { readonly [C in Command]?: Partial<Words> }
}

/** What a row's text is read to. */
export type ValueOf<R extends Row> = R['kind'] extends { read: (...args: never[]) => infer Value }
  ? Value
  : never
