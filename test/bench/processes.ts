import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RepeatResult } from '../../src/result/repeat-result.js'
import type { RunResult } from '../../src/result/run-result.js'
import type { SweepResult } from '../../src/result/sweep-result.js'

const run = promisify(execFile)
/** The checkout: this file runs as dist/test/bench/processes.js. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** The built tool. */
export const CLI = path.join(ROOT, 'dist/bundle/rpbench.cjs')

export interface LimitResult {
  roundTripsPerSecond: number
  cpuPerRoundTripUs: { client: number; members: number }
}

export type Limit = (procs: number, flows: number, seconds: number) => Promise<LimitResult>

/** Those that the yardstick has: a socket a flow. */
export const LIMIT_ENGINES = ['epoll', 'io_uring'] as const
type LimitEngine = (typeof LIMIT_ENGINES)[number]

const LIMIT_LIBRARIES: Readonly<Record<LimitEngine, readonly string[]>> = {
  epoll: [],
  io_uring: ['-DURING', '-luring'],
}

/**
 * Compiles the yardstick, plain C, and returns how to run it; undefined where its library is not installed, which it
 * takes for io_uring (liburing-dev).
 */
export async function compileLimit(engine: LimitEngine): Promise<Limit | undefined> {
  const binary = path.join(mkdtempSync(path.join(tmpdir(), 'rpbench-limit-')), 'limit')
  const source = path.join(ROOT, 'test/bench/limit.c')
  try {
    await run('cc', ['-O2', '-pthread', '-o', binary, source, ...LIMIT_LIBRARIES[engine]])
  } catch (error) {
    if (engine === 'epoll') throw error
    return undefined
  }
  return async (procs, flows, seconds) => {
    const { stdout } = await run(binary, [String(procs), '1', String(flows), String(seconds)])
    return JSON.parse(stdout) as LimitResult
  }
}

/**
 * Runs the built tool as a user does and returns its result. A run that it calls invalid counts too.
 * @param flags as typed, in one or several parts, without spaces in their values
 */
export async function runRpbench(...flags: string[]): Promise<RunResult> {
  return JSON.parse(await printedBy('run', flags)) as RunResult
}

/** The same with `--repeat` among the flags. */
export async function repeatRpbench(...flags: string[]): Promise<RepeatResult> {
  return JSON.parse(await printedBy('run', flags)) as RepeatResult
}

/** The same with `sweep`. */
export async function sweepRpbench(...flags: string[]): Promise<SweepResult> {
  return JSON.parse(await printedBy('sweep', flags)) as SweepResult
}

async function printedBy(command: string, flags: readonly string[]): Promise<string> {
  const words = flags.join(' ').split(' ')
  const { stdout } = await run(process.execPath, [CLI, command, '--json', '--no-save', '--quiet', ...words], {
    maxBuffer: 64 << 20,
  }).catch((error: { stdout?: string; stderr?: string; message: string }) => {
    if (error.stdout) return { stdout: error.stdout }
    throw new Error(error.stderr || error.message)
  })
  return stdout
}

/** Runs a compiled file of this folder in a process of its own. @returns what it printed */
export async function runCompiled(file: string, words: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(ROOT, 'dist/test/bench', file), ...words])
  return stdout
}

/** Runs Node for its time alone, with what is to follow its name. @returns ms */
export async function timeNode(...words: string[]): Promise<number> {
  const started = performance.now()
  await run(process.execPath, words)
  return performance.now() - started
}
