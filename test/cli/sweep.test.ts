import { readdir, readFile, writeFile } from 'node:fs/promises'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { sweepResult, type SweepResult } from '../../src/result/sweep-result.js'
import { until, untilGone, membersOf } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

const parsed = (text: string): SweepResult => sweepResult.parse(JSON.parse(text))

/** The sweep's file so far; whole at any time, since it is replaced at once. */
function saved(): SweepResult | undefined {
  const name = existsSync(directory) && readdirSync(directory).find((file) => file.endsWith('-sweep.json'))
  const text = name ? readFileSync(join(directory, name), 'utf8') : ''
  return text === '' ? undefined : parsed(text)
}

const SHORT = ['-f', '50', '-d', '100ms', '--warmup', '0s', '--timeout', '10s']

describe('rpbench sweep', () => {
  it('runs every point in every repetition, prints one document, and saves it beside a CSV', async () => {
    const outcome = await runTool([
      'sweep',
      '--procs',
      '1,2',
      '--steering',
      'hash',
      ...SHORT,
      '--repeat',
      '2',
      '--json',
      '-o',
      directory,
    ])
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    const result = parsed(outcome.stdout)
    expect(result.plan).toMatchObject({ axes: [{ flag: 'procs', values: ['1', '2'] }], repeat: 2 })
    expect(result.runs.map(({ point, repetition }) => [repetition, point])).toEqual(
      result.plan.order.flatMap((points, repetition) => points.map((point) => [repetition, point])),
    )
    expect(result.points.map(({ summary }) => summary!.roundTripsPerSecond!.min > 0)).toEqual([true, true])
    expect(result.runs.every(({ books }) => books!.unexplained === 0)).toBe(true)
    const [csv, json] = (await readdir(directory)).toSorted()
    expect(await readFile(join(directory, json!), 'utf8')).toBe(outcome.stdout)
    expect((await readFile(join(directory, csv!), 'utf8')).trim().split('\n')).toHaveLength(5)
  })

  it('leaves out what makes no sense, with a note, and prints a table and pictures', async () => {
    const outcome = await runTool([
      'sweep',
      '--procs',
      '1,2,3',
      '--slow-member',
      '1:1ms',
      ...SHORT,
      '--repeat',
      '1',
      '--no-save',
    ])
    expect(outcome.status).toBe(0)
    expect(outcome.stderr).toMatch(/^rpbench: Left out: --procs 1: --slow-member 1 is not a member[^\n]*\n$/)
    expect(outcome.stdout).toContain('2 points')
    expect(outcome.stdout).toContain('round trips/s by procs')
  })
})

/** In an empty directory, where it fails loudly if it starts a process or a thread. */
const guarded = (...args: string[]) => runTool(['sweep', ...args], { cwd: directory, guarded: true })

describe('wrong usage of sweep', () => {
  it.each([
    ['a wrong item of a list', ['--procs', '1,x,4'], /--procs 'x' is not a whole number/],
    ['a range without a step', ['--rate', '1k..5k'], /--rate '1k\.\.5k' is not a range/],
    [
      'points none of which makes sense',
      ['--procs', '1,2', '--slow-member', '5:1ms'],
      /--slow-member 5 is not a member/,
    ],
    ['a goal that is none', ['--find', 'p98<5ms'], /--find 'p98<5ms' is not a goal/],
    [
      'other flags beside --resume',
      ['--resume', 'x.json', '--procs', '2'],
      /--resume takes its flags from the file: leave out --procs/,
    ],
    ['a file that is not there', ['--resume', 'x.json'], /x\.json cannot be read: there is no such file/],
    [
      'more than an hour without a word',
      ['--flows', '1..90/1', '-d', '15s'],
      /of 270 runs will take about 7\d min: start it with --yes/,
    ],
  ])('such as %s is one sentence, before anything starts', async (_name, args, sentence) => {
    const outcome = await guarded(...args)
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(/^rpbench: [^\n]+\.\n$/)
    expect(outcome.stderr).toMatch(sentence)
    expect(await readdir(directory)).toEqual([])
  })

  it('is not what takes more than an hour with --yes', async () => {
    const outcome = await guarded('--flows', '1..90/1', '-d', '20s', '--yes', '--no-save')
    expect(outcome).toMatchObject({ status: 99, stderr: 'something was started\n' })
  })

  it('is the file of something else', async () => {
    await writeFile(join(directory, 'x.json'), '{"schema":"rpbench/run@1"}')
    const outcome = await guarded('--resume', 'x.json')
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toContain('x.json is a result of rpbench/run@1; one of rpbench/sweep@1 is needed.')
  })
})

describe('a sweep that is stopped', () => {
  const long = [
    'sweep',
    '--flows',
    '10,20,30,40',
    '-p',
    '1',
    '-d',
    '300ms',
    '--warmup',
    '0s',
    '--repeat',
    '1',
  ]

  it('by Ctrl-C keeps and prints the runs that are done, and goes on from its file', async () => {
    const tool = new Tool([...long, '--json', '-o', directory])
    await until('a run is saved', () => (saved()?.runs.length ?? 0) > 0)
    tool.ctrlC()
    const outcome = await tool.ended
    expect(outcome).toMatchObject({ status: 130, stderr: '' })
    const first = parsed(outcome.stdout)
    expect(first.stopped).toBe('interrupted')
    expect(first.runs.length).toBeGreaterThan(0)
    expect(first.runs.length).toBeLessThan(4)
    expect(saved()).toEqual(first)
    expect(membersOf(tool.pid)).toEqual([])
    const json = (await readdir(directory)).find((name) => name.endsWith('.json'))!
    const resumed = await runTool(['sweep', '--resume', join(directory, json), '--json'])
    expect(resumed).toMatchObject({ status: 0, stderr: '' })
    const all = parsed(resumed.stdout)
    expect(all).not.toHaveProperty('stopped')
    expect(all.runs.slice(0, first.runs.length)).toEqual(first.runs)
    expect(all.runs.map(({ point }) => point)).toEqual(all.plan.order.flat())
    expect(saved()).toEqual(all)
    expect((await readdir(directory)).toSorted()).toEqual([json.replace('.json', '.csv'), json])
  })

  it('by kill -9 leaves a whole file, with the runs that are done', async () => {
    const tool = new Tool([...long, '-o', directory])
    await until('a run is saved', () => (saved()?.runs.length ?? 0) > 0)
    const members = membersOf(tool.pid)
    tool.signal('SIGKILL')
    await tool.ended
    expect(saved()).toMatchObject({ stopped: 'interrupted', plan: { supplied: { flows: '10,20,30,40' } } })
    await untilGone(members)
  })

  it('before its first run is done leaves no file', async () => {
    const tool = new Tool(['sweep', '-p', '1', '-f', '10', '-d', '10m', '-y', '-o', directory])
    await tool.untilTaken('warm-up', 1)
    tool.ctrlC()
    expect(await tool.ended).toMatchObject({
      status: 130,
      stdout: '',
      stderr: 'rpbench: Interrupted before anything was measured.\n',
    })
    expect(await readdir(directory)).toEqual([])
  })
})
