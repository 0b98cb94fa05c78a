import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { CLI, runTool } from './tool.js'

const TERMINAL = fileURLToPath(new URL('terminal.py', import.meta.url))
const CLEAR_LINE = '\r\u{1B}[K'

/** What a command writes to a terminal; on a busy host it may find its measurement invalid. */
async function written(columns: number, args: readonly string[]): Promise<string> {
  const command = [process.execPath, CLI, ...args, '--no-save']
  const ended = promisify(execFile)('python3', [TERMINAL, String(columns), ...command])
  const { stdout } = await ended.catch((error: { code?: unknown; stdout: string }) => {
    if (error.code === 3) return error
    throw error
  })
  return stdout
}

/** The lines that it shows in place: before the first stands nothing, and after the last the report. */
async function shown(columns: number, args: readonly string[]): Promise<string[]> {
  const pieces = (await written(columns, args)).split(CLEAR_LINE)
  expect(pieces.length).toBeGreaterThan(5)
  return pieces.slice(1, -1)
}

describe('progress on a terminal', () => {
  it('says what a run does, how far it is, how long it takes, and what is counted so far', async () => {
    const lines = await shown(120, [
      'run',
      '-p',
      '2',
      '-f',
      '300',
      '--wave-size',
      '100',
      '-d',
      '1s',
      '-r',
      '5k',
    ])
    expect(lines.filter((line) => line.startsWith('warming up · '))).not.toEqual([])
    for (const line of lines) expect(line).toMatch(/ · \d+ % · \d+ s left/)
    for (const number of [1, 2, 3])
      expect(lines.join('\n')).toMatch(
        new RegExp(
          String.raw`measuring · wave ${number} of 3 · \d+ % · \d+ s left · [\d,]+/s · loss [\d<.]+ % · max/mean 1\.\d\d`,
        ),
      )
  })

  it('says it of a sweep too, within 40 columns', async () => {
    const lines = await shown(40, ['sweep', '-p', '1,2', '-f', '100', '-d', '300ms', '--repeat', '1'])
    for (const number of [1, 2])
      expect(lines.join('\n')).toMatch(new RegExp(String.raw`run ${number} of 2 · \d+ % · \d+ s left`))
    for (const line of lines) expect(line.length).toBeLessThan(40)
  })

  it('is none with --quiet', async () => {
    const text = await written(80, ['run', '-p', '2', '-f', '100', '-d', '300ms', '--quiet'])
    expect(text).toContain('validity')
    expect(text).not.toContain(CLEAR_LINE)
  })
})

it('progress without a terminal leaves both outputs alone for what is over in ten seconds', async () => {
  const outcome = await runTool(['run', '-p', '2', '-f', '100', '-d', '300ms', '--no-save', '--json'])
  expect(outcome.stderr).toBe('')
  expect(JSON.parse(outcome.stdout)).toHaveProperty('books')
})
