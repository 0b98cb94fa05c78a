import { GOAL_QUANTITIES } from '../../plan/goal-conditions.js'
import { MEASURING_COMMANDS } from '../../plan/metrics/row.js'
import { METRIC_NAMES, metricsOf } from '../../plan/metrics/table.js'
import { LIMIT_PARAMETERS } from '../../plan/parameters/limits.js'
import { COMMANDS, type Command, type Row } from '../../plan/parameters/row.js'
import { choicesOf, PARAMETERS } from '../../plan/parameters/table.js'
import { FORMAT_NAMES } from '../../report/formats/table.js'
import { SCHEMA_NAMES } from '../../result/json-schema.js'
import type { FlagFacts } from '../command-facts.js'
import { SHELLS } from './shells.js'

/** What a shell can put where a value stands. */
export type Values =
  | { kind: 'words'; words: readonly string[]; /** commas stand between several */ list?: true }
  /** words that a text begins with, so that no space follows them; or a file */
  | { kind: 'beginnings'; words: readonly string[]; orFile?: true }
  | { kind: 'files' | 'directories' | 'saved results' | 'anything' }

const ANYTHING = { kind: 'anything' } as const
const words = (of: readonly string[]): Values => ({ kind: 'words', words: of })
const beginnings = (of: readonly string[]): Values => ({ kind: 'beginnings', words: of })

/** What words of a command are that are no flags. */
const ARGUMENTS: Readonly<Record<string, Values>> = {
  check: { kind: 'saved results' },
  compare: { kind: 'saved results' },
  merge: { kind: 'saved results' },
  report: { kind: 'saved results' },
  list: { kind: 'directories' },
  metrics: words(MEASURING_COMMANDS),
  schema: words([...SCHEMA_NAMES, 'config']),
  completion: words(SHELLS),
}

/** Texts and goals, of which only their own parameter knows what stands in them. */
const TEXTS: Readonly<Record<string, Values>> = {
  find: beginnings(GOAL_QUANTITIES),
  kernel: words(['this']),
  path: ANYTHING,
  metric: words(METRIC_NAMES.filter((name) => ['run', 'churn'].some((of) => hasMetric(of, name)))),
  queries: { kind: 'files' },
  run: ANYTHING,
  'token-file': { kind: 'files' },
  weights: { kind: 'beginnings', words: ['uniform', 'zipf:'], orFile: true },
}

/** Flags that are no parameters, by what stands for their value in the help. */
const BY_VALUE: Readonly<Record<string, Values>> = {
  FILE: { kind: 'files' },
  DIR: { kind: 'directories' },
  FORMAT: words(FORMAT_NAMES),
  TEXT: ANYTHING,
}

const ROWS: readonly Row[] = Object.values(PARAMETERS)

function hasMetric(command: string, name: string): boolean {
  const measuring = MEASURING_COMMANDS.find((one) => one === command)
  return measuring === undefined || metricsOf(measuring).some((one) => one === name)
}

/** What the words of a command are that are no flags; undefined where it takes none, or nobody has said it here. */
export const argumentValues = (command: string): Values | undefined => ARGUMENTS[command]

/**
 * What a flag of a command takes.
 * @returns undefined for one that takes nothing, or of which nobody has said it here
 */
export function flagValues(command: string, { name, value }: FlagFacts): Values | undefined {
  if (value === undefined) return undefined
  if (name === LIMIT_PARAMETERS.threshold.flag)
    return beginnings(METRIC_NAMES.filter((metric) => hasMetric(command, metric)))
  if (name === LIMIT_PARAMETERS.thresholdOn.flag) return words(choicesOf(LIMIT_PARAMETERS.thresholdOn) ?? [])
  if (name === 'resume') return { kind: 'saved results' }
  const measuring = COMMANDS.find((one) => one === command)
  const row = measuring && rowOf(name, measuring)
  return row ? rowValues(row, measuring) : BY_VALUE[value]
}

function rowOf(flag: string, command: Command): Row | undefined {
  const row = ROWS.find((one) => one.flag === flag && Object.hasOwn(one.commands, command))
  return row && { ...row, ...row.commands[command] }
}

function rowValues(row: Row, command: Command): Values | undefined {
  const choices = choicesOf(row)
  if (choices) return { kind: 'words', words: choices, ...(command === 'sweep' && { list: true }) }
  return ['text', 'goal'].includes(row.kind.name) ? TEXTS[row.flag] : ANYTHING
}
