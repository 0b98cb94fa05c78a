import { parseResult, parseRunResult, parseSweepResult } from '../result/saved-result.js'
import type { RunResult } from '../result/run-result.js'
import type { SweepResult } from '../result/sweep-result.js'
import { readTextFile } from './text-file.js'

const textOf = (path: string): string =>
  readTextFile(path, (why) => `${path} cannot be read: ${why}; name the JSON file of a saved result.`)

/** A saved result. Errors as those of `parseRunResult`, and RPB_USAGE where the file cannot be read. */
export async function readRunResult(path: string): Promise<RunResult> {
  return parseRunResult(textOf(path), path)
}

/** A saved sweep. Errors as those of `readRunResult`. */
export async function readSweepResult(path: string): Promise<SweepResult> {
  return parseSweepResult(textOf(path), path)
}

/** A saved result of any command that measures. Errors as those of `readRunResult`. */
export async function readResult(path: string): ReturnType<typeof parseResult> {
  return parseResult(textOf(path), path)
}
