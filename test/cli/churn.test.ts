import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { churnResult } from '../../src/result/churn-result.js'
import { quietPort } from '../system/experiment.js'
import { udpSocketsOn } from '../system/kernel-counters.js'
import { isRunning, isStopped, until, untilGone } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { ofMembers, summaryOf } from './histograms.js'
import { runTool, Tool } from './tool.js'

const SMALL = ['churn', '-p', '3', '-f', '500', '--rate', '20k', '--warmup', '50ms']
const onPort = (port: number): string[] => [...SMALL, '--port', String(port)]
const ESCAPE = '\u{1B}'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

describe('rpbench churn', () => {
  it('prints one JSON document that follows its schema, and writes it beside a table', async () => {
    const outcome = await runTool([...SMALL, '--change', '300ms:add', '--json', '-o', directory])
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    const value: unknown = JSON.parse(outcome.stdout)
    const result = churnResult.parse(value)
    expect(result, 'no field that the schema does not know').toEqual(value)
    expect(result).toMatchObject({
      plan: { supplied: { procs: '3', change: ['300ms:add'] } },
      changes: [{ change: 'add', orphans: 0 }],
      skipped: [],
    })
    expect(result.latency!.response).toMatchObject(summaryOf(ofMembers(result.histograms!)))
    const printed = await runTool(['schema', 'churn'])
    const validator = z.fromJSONSchema(JSON.parse(printed.stdout) as Record<string, unknown>)
    expect(validator.safeParse(value).error).toBeUndefined()

    const [csv, json] = (await readdir(directory)).toSorted()
    expect(json).toMatch(/^\d{8}T\d{6}Z-churn\.json$/)
    expect(csv).toBe(json!.replace('.json', '-changes.csv'))
    expect(await readFile(join(directory, json!), 'utf8')).toBe(outcome.stdout)
    const [head, row, ...others] = (await readFile(join(directory, csv!), 'utf8')).trimEnd().split('\n')
    expect(head).toMatch(/^change,asked ns,.*,moved,/)
    expect(row).toMatch(/^add,/)
    expect(others).toEqual([])
  })

  it('prints a report for people, as wide as COLUMNS says and without escape codes in a pipe', async () => {
    const outcome = await runTool([...SMALL, '--change', '300ms:stall:1', '--no-save'], {
      cwd: directory,
      env: { COLUMNS: '40' },
    })
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(outcome.stdout).not.toContain(ESCAPE)
    expect(outcome.stdout.split('\n').filter((line) => Array.from(line).length > 40)).toEqual([])
    expect(outcome.stdout).toContain('stall 1')
    expect(outcome.stdout.replaceAll(/\s+/g, ' ')).toContain('all of them of member 1')
    expect(await readdir(directory), '--no-save').toEqual([])
  })
})

describe('bad input to rpbench churn', () => {
  it.each([
    [
      'an unknown kind of change',
      ['--change', '2s:explode:1'],
      /--change takes TIME:add.*not "2s:explode:1"/,
    ],
    ['a change without a time', ['--change', 'add'], /--change takes TIME:add.*not "add"/],
    ['a time without a unit', ['--change', '2:add'], /--change '2' has no unit/],
    ['a member that there is not', ['--change', '2s:kill:3'], /no member 3 to kill then; there are 0, 1, 2/],
    ['a change too early', ['--change', '10ms:add'], /--change: the one at 10 ms comes too early/],
    [
      'changes too close to each other',
      ['--change', '2s:add', '--change', '2001ms:add'],
      /--change: the one at 2\.0 s comes too early/,
    ],
    [
      'a duration that is too short',
      ['--change', '2s:add', '--duration', '1s'],
      /--duration 1s is too short for these changes: they need 2\.4 s/,
    ],
    [
      'the end of the last member',
      ['-p', '1', '--change', '2s:remove:0'],
      /remove 0 would leave no member; start with more --procs/,
    ],
    [
      'the replacement of a stalled member',
      ['--change', '2s:stall:0', '--change', '3s:replace'],
      /resume it/,
    ],
    ['a closed loop', ['--in-flight', '5'], /no flag --in-flight/],
  ])('such as %s is one sentence, before anything starts', async (_name, args, sentence) => {
    const small = args.includes('-p') ? SMALL.filter((arg) => arg !== '-p' && arg !== '3') : SMALL
    const outcome = await runTool([...small, ...args], { cwd: directory, guarded: true })
    expect(outcome).toMatchObject({ status: 2, signal: null, stdout: '' })
    expect(outcome.stderr).toMatch(/^rpbench: [^\n]+\.\n$/)
    expect(outcome.stderr).toMatch(sentence)
    expect(await readdir(directory), 'no file is made').toEqual([])
  })

  it('such as an --output that cannot be written is found before anything starts', async () => {
    const file = join(directory, 'file')
    await writeFile(file, '')
    const outcome = await runTool([...SMALL, '--output', join(file, 'below')], {
      cwd: directory,
      guarded: true,
    })
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(/^rpbench: Results cannot be written to [^\n]+--output\.\n$/)
  })
})

describe('Ctrl-C', () => {
  it('keeps the changes that were done, names the others, and leaves nothing running', async () => {
    const port = quietPort()
    const tool = new Tool([
      ...onPort(port),
      '--change=300ms:add',
      '--change=10m:remove:0',
      '--json',
      '-o',
      directory,
    ])
    await until('the fourth member has joined', () => udpSocketsOn(port) === 4)
    // 300 ms are 6000 requests, and each 500 more a turn of every flow: the change can be seen.
    const members = await tool.untilTaken('measured', 4, 12_000)
    tool.ctrlC()
    const outcome = await tool.ended
    expect(outcome).toMatchObject({ status: 130, stderr: '' })
    expect(churnResult.parse(JSON.parse(outcome.stdout))).toMatchObject({
      stopped: 'interrupted',
      changes: [{ change: 'add' }],
      skipped: ['remove 0'],
    })
    const json = (await readdir(directory)).find((name) => name.endsWith('.json'))!
    expect(await readFile(join(directory, json), 'utf8')).toBe(outcome.stdout)
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
    expect(udpSocketsOn(port)).toBe(0)
  })

  it('a second time ends at once and leaves no empty files', async () => {
    const tool = new Tool([...SMALL, '--change', '10m:add', '-o', directory])
    const members = await tool.untilTaken('warm-up', 3)
    // Members that stand still keep the first one from coming to its end.
    for (const pid of members) process.kill(pid, 'SIGSTOP')
    expect(await tool.ctrlCUntilEnded()).toMatchObject({ status: 130, stdout: '' })
    expect(await readdir(directory)).toEqual([])
    await untilGone(members)
  })

  it('ends a run with a stalled member as well', async () => {
    const port = quietPort()
    const tool = new Tool([...onPort(port), '--change=300ms:stall:0', '--change=10m:add', '--no-save'])
    const members = await tool.untilTaken('measured', 3)
    await until('a member stands still', () => members.some((pid) => isStopped(pid)))
    tool.ctrlC()
    const outcome = await tool.ended
    expect(outcome.status).toBe(130)
    expect(outcome.stdout).toContain('interrupted')
    await untilGone(members)
    expect(udpSocketsOn(port)).toBe(0)
  })
})
