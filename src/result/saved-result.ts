import type { z } from 'zod'
import { usageError } from '../errors.js'
import type { CompareResult } from './compare-result.js'
import type { ChurnResult } from './churn-result.js'
import type { PredictResult } from './predict-result.js'
import type { RepeatResult } from './repeat-result.js'
import type { RunResult } from './run-result.js'
import type { SweepResult } from './sweep-result.js'
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
}

export type ResultKind = keyof ResultsByKind
export type ResultOf<Kind extends ResultKind> = ResultsByKind[Kind]
/** A result of any kind, as it was saved. */
export type SavedResult = ResultsByKind[ResultKind]

interface Reader<Kind extends ResultKind> {
  schema: string
  result: z.ZodType<ResultsByKind[Kind]>
}

/** How each kind is read. Loaded when one is: zod is 50 ms of start-up, and writing a result needs none of it. */
const READERS: { readonly [Kind in ResultKind]: () => Promise<Reader<Kind>> } = {
  run: async () => {
    const { RUN_SCHEMA: schema, runResult: result } = await import('./run-result.js')
    return { schema, result }
  },
  churn: async () => {
    const { CHURN_SCHEMA: schema, churnResult: result } = await import('./churn-result.js')
    return { schema, result }
  },
  repeat: async () => {
    const { REPEAT_SCHEMA: schema, repeatResult: result } = await import('./repeat-result.js')
    return { schema, result }
  },
  sweep: async () => {
    const { SWEEP_SCHEMA: schema, sweepResult: result } = await import('./sweep-result.js')
    return { schema, result }
  },
  verify: async () => {
    const { VERIFY_SCHEMA: schema, claimsResult: result } = await import('./verify-result.js')
    return { schema, result }
  },
  selectors: async () => {
    const { VERIFY_SCHEMA: schema, selectorsResult: result } = await import('./verify-result.js')
    return { schema, result }
  },
  predict: async () => {
    const { PREDICT_SCHEMA: schema, predictResult: result } = await import('./predict-result.js')
    return { schema, result }
  },
  compare: async () => {
    const { COMPARE_SCHEMA: schema, compareResult: result } = await import('./compare-result.js')
    return { schema, result }
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
  return check(value, name, await READERS[kind]())
}

/** A result that must be of one kind. Errors as those of `parseResult`, and where it is of another. */
export async function parseResultOf<Kind extends ResultKind>(
  kind: Kind,
  text: string,
  name: string,
): Promise<ResultOf<Kind>> {
  const value = jsonOf(text, name)
  const reader = await READERS[kind]()
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

function check<Kind extends ResultKind>(
  value: unknown,
  name: string,
  { schema, result }: Reader<Kind>,
): ResultOf<Kind> {
  const found = isEnvelope(value) ? value.schema : ''
  if (found !== schema)
    throw usageError(
      `${name} is a result of version ${found}, and this rpbench reads up to ${schema}: update rpbench.`,
    )
  const parsed = result.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw usageError(
    `${name} does not follow ${schema}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; it may have been edited.`,
  )
}
