import type { z } from 'zod'
import { usageError } from '../errors.js'
import type { ChurnResult } from './churn-result.js'
import type { RepeatResult } from './repeat-result.js'
import type { RunResult } from './run-result.js'
import type { SweepResult } from './sweep-result.js'
import type { ClaimsResult } from './verify-result.js'

/**
 * The text of a result → the result, checked against its schema; fields this version does not know are left out.
 * `name` stands for the text in messages.
 * @throws RpbenchError RPB_USAGE where it is not JSON, not a result of `run`, or of a newer version
 */
export async function parseRunResult(text: string, name: string): Promise<RunResult> {
  // zod is 50 ms of start-up, and writing a result needs none of it
  const { RUN_SCHEMA, runResult } = await import('./run-result.js')
  return parseSaved(text, name, RUN_SCHEMA, runResult)
}

/** The same of a sweep. Errors as those of `parseRunResult`. */
export async function parseSweepResult(text: string, name: string): Promise<SweepResult> {
  const { SWEEP_SCHEMA, sweepResult } = await import('./sweep-result.js')
  return parseSaved(text, name, SWEEP_SCHEMA, sweepResult)
}

/** A result of any command that measures. Errors as those of `parseRunResult`. */
export async function parseResult(
  text: string,
  name: string,
): Promise<RunResult | ChurnResult | RepeatResult | SweepResult | ClaimsResult> {
  const schema = schemaOf(text)
  const [run, churn, repeat, sweep, verify] = await Promise.all([
    import('./run-result.js'),
    import('./churn-result.js'),
    import('./repeat-result.js'),
    import('./sweep-result.js'),
    import('./verify-result.js'),
  ])
  switch (schema.split('@')[0]) {
    case churn.CHURN_SCHEMA.split('@')[0]:
      return parseSaved(text, name, churn.CHURN_SCHEMA, churn.churnResult)
    case repeat.REPEAT_SCHEMA.split('@')[0]:
      return parseSaved(text, name, repeat.REPEAT_SCHEMA, repeat.repeatResult)
    case sweep.SWEEP_SCHEMA.split('@')[0]:
      return parseSaved(text, name, sweep.SWEEP_SCHEMA, sweep.sweepResult)
    case verify.VERIFY_SCHEMA.split('@')[0]:
      return parseSaved(text, name, verify.VERIFY_SCHEMA, verify.claimsResult)
    default:
      return parseSaved(text, name, run.RUN_SCHEMA, run.runResult)
  }
}

/** The schema that a text says it follows; empty where it says none. */
function schemaOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'schema' in value ? String(value.schema) : ''
  } catch {
    return ''
  }
}

function parseSaved<T>(text: string, name: string, wanted: string, result: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw usageError(`${name} is not JSON; name the JSON file of a saved result.`)
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? String(value.schema) : ''
  if (schema !== wanted) throw usageError(`${name} ${otherSchema(schema, wanted)}`)
  const parsed = result.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw usageError(
    `${name} does not follow ${wanted}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; it may have been edited.`,
  )
}

/** What a schema name other than the wanted one says about the file. */
function otherSchema(schema: string, wanted: string): string {
  const [kind, version] = schema.split('@')
  const [wantedKind, wantedVersion] = wanted.split('@')
  if (kind === wantedKind && Number(version) > Number(wantedVersion))
    return `is a result of version ${schema}, and this rpbench reads up to ${wanted}: update rpbench.`
  if (/^rpbench\/\w+@\d+$/.test(schema)) return `is a result of ${schema}; one of ${wanted} is needed.`
  return `is not a result of rpbench: it has no field "schema" with ${wanted}.`
}
