import { fileURLToPath } from 'node:url'
import * as Errors from '@oclif/core/errors'
import { afterEach, describe, expect, test, vi } from 'vitest'
import Predict from '../../commands/predict.js'
import { predictResult } from '../../src/result/predict-result.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

afterEach(() => {
  vi.restoreAllMocks()
})

/** The command in this process: what it writes, and the exit status it would end with. */
async function predict(...argv: string[]): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const stdout = collect(process.stdout)
  const stderr = collect(process.stderr)
  let exitCode = 0
  try {
    await Predict.run(argv, ROOT)
  } catch (error) {
    if (!(error instanceof Errors.ExitError)) throw error
    exitCode = error.oclif.exit ?? 0
  } finally {
    vi.restoreAllMocks()
  }
  return { stdout: stdout.join(''), stderr: stderr.join(''), exitCode }
}

function collect(stream: NodeJS.WriteStream): string[] {
  const written: string[] = []
  vi.spyOn(stream, 'write').mockImplementation((chunk, ...rest) => {
    written.push(String(chunk))
    const done = rest.find((argument) => typeof argument === 'function')
    done?.()
    return true
  })
  return written
}

async function json(...argv: string[]): Promise<unknown> {
  const { stdout } = await predict('--json', ...argv)
  return predictResult.parse(JSON.parse(stdout))
}

describe('rpbench predict', () => {
  test('--from and --to: half of the flows move under the kernel’s hash', async () => {
    expect(await json('--from', '4', '--to', '5', '--kernel', '6.18')).toMatchObject({
      schema: 'rpbench/predict@1',
      kind: 'change',
      kernel: '6.18',
      rule: '4.5',
      from: 4,
      to: 5,
      movedShare: 0.5,
    })
  })

  test('-p and --procs name the members before, too', async () => {
    expect(await json('-p', '6', '--remove', '0')).toMatchObject({ from: 6, to: 5 })
    expect(await json('--procs', '6', '--remove', '0')).toMatchObject({ from: 6, to: 5 })
  })

  test.each([
    [['--restart', '1'], { kind: 'restart', member: 1, order: 'stop-then-start' }],
    [
      ['--restart', '1', '--order', 'start-then-stop'],
      { kind: 'restart', member: 1, order: 'start-then-stop' },
    ],
    [['--replace', 'fifo'], { kind: 'replace', manner: 'fifo' }],
    [['--replace', 'rolling'], { kind: 'replace', manner: 'rolling', order: 'stop-then-start' }],
  ])('%j asks for %j', async (argv, change) => {
    expect(await json(...argv)).toMatchObject({ change })
  })

  test('--flows predicts a spread', async () => {
    expect(await json('-p', '4', '-f', '10k')).toMatchObject({ kind: 'spread', members: 4, flows: 10_000 })
  })

  test('prints text that says it is a prediction', async () => {
    const { stdout, exitCode } = await predict('--from', '4', '--to', '5', '--steering', 'consistent')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('A prediction of the model')
    expect(stdout).toMatch(/moves +20\.0 %/)
  })

  test.each([
    [[], 'Say what to predict: --to, --remove, --restart or --replace for a change, --flows for a spread.'],
    [['--to', '5', '--order', 'start-then-stop'], '--order goes with --restart or --replace rolling.'],
    [['--flows', '10', '--steering', 'sticky'], '--flows predicts the spread of the kernel’s hash'],
    [['--flows', '0'], "--flows '0' is too small: 1 at least."],
    [['--flows', '10', '-p', '40000'], 'A group of 40000 members cannot be predicted: use 1 to 32768.'],
    [['--to', '5', '--kernel', 'mine'], "'mine' is not a kernel version"],
    [['--remove', '4'], 'There is no member 4 to remove: the group has members 0 to 3.'],
    [['--to', '5', '--remove', '1'], '--to and --remove are two questions: ask them one at a time.'],
    [['--to', 'many'], "--to 'many' is not a whole number"],
    [['--from=-1', '--to', '2'], "--from '-1' is not a whole number"],
    [['--to', '5', '--steering', 'cpu'], 'cpu'],
  ])('%j ends with exit code 2 and one sentence', async (argv, sentence) => {
    const { stdout, stderr, exitCode } = await predict(...argv)
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})
