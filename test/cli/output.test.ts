import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { CLI, runTool } from './tool.js'

const LATER = fileURLToPath(new URL('ten-seconds-later.cjs', import.meta.url))

/** A result of some 400 KB: the pipe and its reader's buffer take 64 KiB each before anything is read. */
const LONG = ['predict', '--from', '200', '--to', '199', '--json']

let directory: string
useTemporaryDirectory((path) => (directory = path))

/** The tool, with a reader of its own choosing at the other end. */
function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
}

describe('a long result', () => {
  it('is written whole, however long its reader pauses', async () => {
    const child = start(LONG, { NODE_OPTIONS: `--require ${LATER}` })
    const ended = once(child, 'exit')
    // The pause: nothing is read until the process says that it is still there, or is not.
    const said = once(child.stderr.setEncoding('utf8'), 'data')
    await Promise.race([said, ended])
    const [written] = await Promise.all([text(child.stdout), ended])
    expect(child.exitCode).toBe(0)
    expect(written.length).toBeGreaterThan(2 ** 18)
    expect(JSON.parse(written)).toBeTypeOf('object')
    expect(await said).toEqual(['still there\n'])
  })

  it('is no failure where the reader has seen enough', async () => {
    const child = start(LONG)
    const complaints = text(child.stderr)
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const [status, signal] = (await once(child, 'exit')) as [number, string | null]
    expect({ status, signal, complaints: await complaints }).toEqual({
      status: 0,
      signal: null,
      complaints: '',
    })
  })
})

it('a run whose reader has gone is saved all the same', async () => {
  const child = start([
    'run',
    '-p',
    '1',
    '-f',
    '20',
    '-d',
    '100ms',
    '--warmup',
    '0s',
    '--json',
    '-o',
    directory,
  ])
  child.stdout.destroy()
  const [complaints] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(complaints).toBe('')
  const names = (await readdir(directory)).toSorted()
  expect(names.map((name) => name.replace(/^\w+-run/, ''))).toEqual(['-flows.csv', '-members.csv', '.json'])
  const json = await readFile(join(directory, names[2]!), 'utf8')
  expect(runResult.parse(JSON.parse(json)).books.sent).toBeGreaterThan(0)
})

it('standard output on a full device is one sentence', async () => {
  const outcome = await runTool([], { under: ['bash', '-c', 'exec "$0" "$1" predict --to 5 >/dev/full'] })
  expect(outcome).toMatchObject({
    status: 1,
    stderr: 'rpbench: Standard output cannot be written: the disk is full.\n',
  })
})

describe('wrong usage of commands without many flags', () => {
  it.each([
    [
      'a result that there is not',
      ['schema', 'foo'],
      /^rpbench: There is no result "foo": name one of run, attach, .*churn, /,
    ],
    [
      'a flag where there is none',
      ['schema', '--bogus'],
      /^rpbench: There is no flag --bogus; see rpbench schema --help\.$/m,
    ],
    [
      'a flag where there are only common ones',
      ['verify', 'selectors', '--bogus'],
      /^rpbench: There is no flag --bogus; did you mean --.*see rpbench verify selectors --help/,
    ],
  ])('such as %s is one sentence', async (_name, args, sentence) => {
    const outcome = await runTool(args, { cwd: directory, guarded: true })
    expect(outcome).toMatchObject({ status: 2, signal: null, stdout: '' })
    expect(outcome.stderr).toMatch(/^rpbench: [^\n]+\.\n$/)
    expect(outcome.stderr).toMatch(sentence)
    expect(await readdir(directory)).toEqual([])
  })
})
