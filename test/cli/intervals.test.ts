import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { intervalLine, type IntervalLine } from '../../src/result/interval.js'
import { repeatResult } from '../../src/result/repeat-result.js'
import { runResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { CLI, runTool, Tool } from './tool.js'

const RUN = ['run', '-p', '2', '-f', '100', '--warmup', '0s', '--interval', '100ms']

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

/** Lines of JSON, of which the last is the result. */
function linesOf(stdout: string): { intervals: IntervalLine[]; last: unknown } {
  expect(stdout.endsWith('\n')).toBe(true)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  return { intervals: lines.slice(0, -1).map((line) => intervalLine.parse(line)), last: lines.at(-1) }
}

describe('rpbench run --interval', () => {
  it('prints a line of JSON for each with --json-lines, the result last, and saves a CSV', async () => {
    const { status, stdout, stderr } = await runTool([...RUN, '-d', '500ms', '--json-lines', '-o', directory])
    expect({ status, stderr }).toEqual({ status: expect.toBeOneOf([0, 3]) as number, stderr: '' })
    const { intervals, last } = linesOf(stdout)
    const result = runResult.parse(last)
    expect(intervals.map(({ number }) => number)).toEqual(result.intervals!.map((_, i) => i))
    expect(intervals.map(({ sent }) => sent)).toEqual(result.intervals!.map(({ sent }) => sent))
    expect(intervals.length).toBeGreaterThan(1)
    const csv = (await readdir(directory)).find((name) => name.endsWith('-intervals.csv'))!
    const rows = (await readFile(join(directory, csv), 'utf8')).trimEnd().split('\n')
    expect(rows).toHaveLength(1 + result.intervals!.length)
    expect(rows[0]).toMatch(/^from ns,to ns,phase,sent,.*,taken 0,drops 0,taken 1,drops 1$/)
  })

  it('prints the result last after Ctrl-C', async () => {
    const child = spawn(process.execPath, [CLI, ...RUN, '-d', '5m', '--json-lines', '--no-save'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines: string[] = []
    const reader = createInterface(child.stdout)
    reader.on('line', (line) => {
      lines.push(line)
      if (lines.length === 3) child.kill('SIGINT')
    })
    const [[status]] = await Promise.all([once(child, 'close'), once(reader, 'close')])
    expect(status).toBe(130)
    const { intervals, last } = linesOf(`${lines.join('\n')}\n`)
    const result = runResult.parse(last)
    expect(result.stopped).toBe('interrupted')
    expect(result.intervals!.map((_, i) => i)).toEqual(intervals.map(({ number }) => number))
    expect(intervals.slice(0, 3)).toMatchObject(result.intervals!.slice(0, 3))
    expect(result.intervals!.reduce((sum, { sent }) => sum + sent, 0)).toBe(result.books.sent)
  })

  it('ends, and saves what was measured, when its reader goes away', async () => {
    const child = spawn(process.execPath, [CLI, ...RUN, '-d', '5m', '--json-lines', '-o', directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdout.once('data', () => child.stdout.destroy())
    const [status] = (await once(child, 'close')) as [number]
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' })
    const json = (await readdir(directory)).find((name) => name.endsWith('.json'))!
    const result = runResult.parse(JSON.parse(await readFile(join(directory, json), 'utf8')))
    expect(result).toMatchObject({ stopped: 'interrupted' })
    expect(result.intervals!.length).toBeGreaterThan(0)
  })

  it('says of which repetition each line is', async () => {
    const flags = ['-d', '200ms', '--repeat', '2', '--json-lines', '--no-save']
    const { stdout, stderr } = await runTool([...RUN, ...flags])
    expect(stderr).toBe('')
    const { intervals, last } = linesOf(stdout)
    const { repetitions } = repeatResult.parse(last)
    expect(intervals.map(({ repetition, number }) => [repetition, number])).toEqual(
      repetitions.flatMap(({ index, run }) => run!.intervals!.map((_, i) => [index, i])),
    )
  })

  it.each([
    [['--interval', '1ms'], "--interval '1ms' is too small: 100 ms at least."],
    [
      ['--interval', '100ms', '-d', '1h'],
      '--interval 100 ms makes more than 3600 intervals of 60 min: take 1 s or more.',
    ],
    [['--json-lines'], '--json-lines needs --interval'],
    [['--json-lines', '--json', '--interval', '1s'], '--json-lines and --json exclude each other'],
  ])('refuses %s', async (flags, sentence) => {
    const outcome = await runTool(['run', ...flags])
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toContain(sentence)
    expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
