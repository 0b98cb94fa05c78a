import type * as z from 'zod'
import { usageError } from '../errors.js'
import type { AttachResult } from './attach-result.js'
import type { CompareResult } from './compare-result.js'
import type { ChurnResult } from './churn-result.js'
import type { PredictResult } from './predict-result.js'
import type { RepeatResult } from './repeat-result.js'
import type { RunResult } from './run-result.js'
import type { SweepResult } from './sweep-result.js'
import {
  ATTACH_SCHEMA,
  CHURN_SCHEMA,
  COMPARE_SCHEMA,
  PREDICT_SCHEMA,
  REPEAT_SCHEMA,
  RUN_SCHEMA,
  SWEEP_SCHEMA,
  VERIFY_SCHEMA,
} from './schema-names.js'
import type { ClaimsResult, SelectorsResult } from './verify-result.js'

/** What can be read again, by kind. */
export interface ResultsByKind {
  run: RunResult
  churn: ChurnResult
  repeat: RepeatResult
  sweep: SweepResult
  verify: ClaimsResult
  selectors: SelectorsResult
  predict: PredictResult
  compare: CompareResult
  attach: AttachResult
}

export type ResultKind = keyof ResultsByKind
export type ResultOf<Kind extends ResultKind> = ResultsByKind[Kind]
/** A result of any kind, as it was saved. */
export type SavedResult = ResultsByKind[ResultKind]

interface Reader<Kind extends ResultKind> {
  schema: string
  load: () => Promise<z.ZodType<ResultsByKind[Kind]>>
}

/** How each kind is read. Loaded when one is: zod is 50 ms of start-up, and writing a result needs none of it. */
const READERS: { readonly [Kind in ResultKind]: Reader<Kind> } = {
  run: {
    schema: RUN_SCHEMA,
    load: async () => (await import('./run-result.js')).runResult,
  },
  churn: {
    schema: CHURN_SCHEMA,
    load: async () => (await import('./churn-result.js')).churnResult,
  },
  repeat: {
    schema: REPEAT_SCHEMA,
    load: async () => (await import('./repeat-result.js')).repeatResult,
  },
  sweep: {
    schema: SWEEP_SCHEMA,
    load: async () => (await import('./sweep-result.js')).sweepResult,
  },
  verify: {
    schema: VERIFY_SCHEMA,
    load: async () => (await import('./verify-result.js')).claimsResult,
  },
  selectors: {
    schema: VERIFY_SCHEMA,
    load: async () => (await import('./verify-result.js')).selectorsResult,
  },
  predict: {
    schema: PREDICT_SCHEMA,
    load: async () => (await import('./predict-result.js')).predictResult,
  },
  compare: {
    schema: COMPARE_SCHEMA,
    load: async () => (await import('./compare-result.js')).compareResult,
  },
  attach: {
    schema: ATTACH_SCHEMA,
    load: async () => (await import('./attach-result.js')).attachResult,
  },
}

export const RESULT_KINDS = Object.keys(READERS) as ResultKind[]

/** What a saved result is: the command's name that its schema has, or `selectors`, which shares that of `verify`. */
export function kindOf(result: { schema: string }): ResultKind | undefined {
  const name = /^rpbench\/(\w+)@\d+$/.exec(result.schema)?.[1]
  return 'cases' in result && name === 'verify' ? 'selectors' : RESULT_KINDS.find((kind) => kind === name)
}

/** Whether a result is of a kind. */
export function isOfKind<Kind extends ResultKind>(result: SavedResult, kind: Kind): result is ResultOf<Kind> {
  return kindOf(result) === kind
}

/**
 * The text of a result of any kind → the result, checked against its schema; fields this version does not know are left out.
 * @param name stands for the text in messages
 * @throws RpbenchError RPB_USAGE where it is not JSON, no saved result, or of a newer version
 */
export async function parseResult(text: string, name: string): Promise<SavedResult> {
  return checkResult(jsonOf(text, name), name)
}

/** The same of what was read from JSON already. */
export async function checkResult(value: unknown, name: string): Promise<SavedResult> {
  const kind = isEnvelope(value) ? kindOf(value) : undefined
  if (kind === undefined) throw usageError(`${name} is not a saved result of rpbench.`)
  return check(value, name, READERS[kind])
}

/** A result that must be of one kind. Errors as those of `parseResult`, and where it is of another. */
export async function parseResultOf<Kind extends ResultKind>(
  kind: Kind,
  text: string,
  name: string,
): Promise<ResultOf<Kind>> {
  const value = jsonOf(text, name)
  const reader = READERS[kind]
  if (!isEnvelope(value)) throw usageError(`${name} is not a saved result of rpbench.`)
  const found = kindOf(value)
  if (found !== kind)
    throw usageError(`${name} is a result of ${value.schema}; one of ${reader.schema} is needed.`)
  return check(value, name, reader)
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw usageError(`${name} is not JSON; name the JSON file of a saved result.`)
  }
}

const isEnvelope = (value: unknown): value is { schema: string } =>
  typeof value === 'object' && value !== null && 'schema' in value && typeof value.schema === 'string'

async function check<Kind extends ResultKind>(
  value: unknown,
  name: string,
  { schema, load }: Reader<Kind>,
): Promise<ResultOf<Kind>> {
  const found = isEnvelope(value) ? value.schema : ''
  if (found !== schema)
    throw usageError(
      `${name} is a result of version ${found}, and this rpbench reads up to ${schema}: update rpbench.`,
    )
  const parsed = (await load()).safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw usageError(
    `${name} does not follow ${schema}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; it may have been edited.`,
  )
}
