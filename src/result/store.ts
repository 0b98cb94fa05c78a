import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { z } from 'zod'
import { RpbenchError, usageError } from '../errors.js'
import type { RunResult } from './run-result.js'
import type { SweepResult } from './sweep-result.js'

/** The files of each kind of result, each with the ending of its name, in the order in which they are written. */
const FILES = {
  run: { json: '.json', membersCsv: '-members.csv', flowsCsv: '-flows.csv' },
  churn: { json: '.json', changesCsv: '-changes.csv' },
  sweep: { json: '.json', csv: '.csv' },
  verify: { json: '.json' },
} as const

export type ResultKind = keyof typeof FILES
type FileKey<Kind extends ResultKind> = keyof (typeof FILES)[Kind] & string

export interface ResultFiles<Kind extends ResultKind> {
  /** where each file is, as given by `directory` */
  paths: Readonly<Record<FileKey<Kind>, string>>
  /** Writes and closes all files. RPB_OUTPUT names the file that could not be written. */
  write(contents: Readonly<Record<FileKey<Kind>, string>>): Promise<void>
  /** Closes and removes the files, for when nothing was measured. */
  discard(): Promise<void>
}

interface OpenFile {
  path: string
  handle: FileHandle
}

/**
 * Opens the files of a result under names that are free, creating the directory, so that a bad path fails
 * before anything runs. Names carry the start in UTC, and `-2`, `-3` … where another run took them.
 * @throws RpbenchError RPB_OUTPUT
 */
export async function openResultFiles<Kind extends ResultKind>(options: {
  directory: string
  startedAt: Date
  kind: Kind
}): Promise<ResultFiles<Kind>> {
  const { directory, startedAt, kind } = options
  const stem = `${startedAt.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${kind}`
  try {
    await makeDirectory(directory)
    for (let attempt = 1; ; attempt++) {
      const files = await openAll(kind, join(directory, attempt === 1 ? stem : `${stem}-${attempt}`))
      if (files !== undefined) return resultFiles(files)
    }
  } catch (error) {
    throw new RpbenchError(
      'RPB_OUTPUT',
      `Results cannot be written to ${directory}: ${reasonOf(error)}; name another directory with --output.`,
      { cause: error },
    )
  }
}

/**
 * Writes a result's file and closes it, also when the writing fails.
 * @throws RpbenchError RPB_OUTPUT
 */
export async function writeResultFile({ path, handle }: OpenFile, contents: string): Promise<void> {
  try {
    try {
      await handle.writeFile(contents)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw new RpbenchError(
      'RPB_OUTPUT',
      `${path} could not be written and is incomplete: ${reasonOf(error)}; make room, or name another directory with --output.`,
      { cause: error },
    )
  }
}

/**
 * Replaces a file at once: whoever reads it, also after a crash, finds the old text or the new one.
 * @throws RpbenchError RPB_OUTPUT
 */
export async function replaceFile(path: string, contents: string): Promise<void> {
  const part = partOf(path)
  try {
    await writeFile(part, contents)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw new RpbenchError(
      'RPB_OUTPUT',
      `${path} could not be written and is as it was before: ${reasonOf(error)}; make room, or name another directory with --output.`,
      { cause: error },
    )
  }
}

/** Where a file is written before it takes its place. */
export function partOf(path: string): string {
  return `${path}.part`
}

/** A saved result. Errors as those of `parseRunResult`, and RPB_USAGE where the file cannot be read. */
export async function readRunResult(path: string): Promise<RunResult> {
  return parseRunResult(await readSaved(path), path)
}

/** A saved sweep. Errors as those of `readRunResult`. */
export async function readSweepResult(path: string): Promise<SweepResult> {
  const text = await readSaved(path)
  const { SWEEP_SCHEMA, sweepResult } = await import('./sweep-result.js')
  return parseSaved(text, path, SWEEP_SCHEMA, sweepResult)
}

async function readSaved(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw usageError(`${path} cannot be read: ${reasonOf(error)}; name the JSON file of a saved result.`)
  }
}

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

/** Not mkdir's own `recursive`: on Node 20 that never returns below /proc, where the parent exists and yet ENOENT comes. */
async function makeDirectory(directory: string, parentMade = false): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return
    const parent = dirname(directory)
    if (code !== 'ENOENT' || parentMade || parent === directory) throw error
    await makeDirectory(parent)
    await makeDirectory(directory, true)
  }
}

type OpenFiles<Kind extends ResultKind> = Record<FileKey<Kind>, OpenFile>

/** All files of a stem, or none of them: undefined where one exists already. */
async function openAll<Kind extends ResultKind>(
  kind: Kind,
  stem: string,
): Promise<OpenFiles<Kind> | undefined> {
  const opened: [key: string, file: OpenFile][] = []
  try {
    for (const [key, ending] of Object.entries<string>(FILES[kind])) {
      const path = stem + ending
      opened.push([key, { path, handle: await open(path, 'wx') }])
    }
  } catch (error) {
    await Promise.all(opened.map(([, file]) => remove(file)))
    if (codeOf(error) === 'EEXIST') return undefined
    throw error
  }
  return Object.fromEntries(opened) as OpenFiles<Kind>
}

function resultFiles<Kind extends ResultKind>(files: OpenFiles<Kind>): ResultFiles<Kind> {
  const keys = Object.keys(files) as FileKey<Kind>[]
  return {
    paths: Object.fromEntries(keys.map((key) => [key, files[key].path])) as Record<FileKey<Kind>, string>,
    write: async (contents) => {
      const written = await Promise.allSettled(keys.map((key) => writeResultFile(files[key], contents[key])))
      for (const outcome of written) if (outcome.status === 'rejected') throw outcome.reason
    },
    discard: async () => {
      await Promise.all(keys.map((key) => remove(files[key])))
    },
  }
}

async function remove({ path, handle }: OpenFile): Promise<void> {
  await handle.close()
  await rm(path, { force: true })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EISDIR: 'it is a directory',
  ENOENT: 'there is no such file or directory',
}

function reasonOf(error: unknown): string {
  const code = codeOf(error)
  return (code !== undefined && REASONS[code]) || (error instanceof Error ? error.message : String(error))
}
