import type { z } from 'zod'
import { usageError } from '../errors.js'
import type { RunResult } from './run-result.js'
import type { SweepResult } from './sweep-result.js'

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
