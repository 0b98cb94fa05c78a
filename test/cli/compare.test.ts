import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

const SHORT = '-p 1 -f 1 --requests 3 --warmup 0s'

const sides = (...runs: string[]): string[] => runs.flatMap((flags) => ['--run', flags])

describe('rpbench compare --run', () => {
  it('keeps the whole pairs where Ctrl-C ends it, and says what they can show', async () => {
    const tool = new Tool(['compare', ...sides(SHORT, SHORT), '--repeat', '100', '--output', directory])
    await until('a pair was saved', () =>
      readdirSync(directory).some((name) => name.endsWith('compare.json')),
    )
    tool.ctrlC()
    const { status, stdout } = await tool.ended
    expect(status).toBe(130)
    const text = stdout.replaceAll(/\s+/g, ' ')
    expect(text).toContain('compare interrupted the whole pairs that were made are here')
    expect(text).toMatch(
      /rate\.roundTrips.*: \d pairs? cannot show any change; for .* it takes about [\d,]+ pairs/,
    )
  })
})

describe('rpbench compare refuses, before anything starts,', () => {
  it.each([
    [
      ['--run', '-p 2', '--run', '-p 4', '--repeat', '5'],
      /^5 pairs cannot show any difference in 5 metrics, .*: it takes 8 pairs/,
    ],
    [
      ['--run', '-p 2', '--run', '-p 2 --nosuch'],
      /^--run "-p 2 --nosuch": Nonexistent flag: --nosuch; it takes the flags of a plan/,
    ],
    [['--run', '-p 2', '--run', '-p 2', 'results'], /--run measures both sides now: leave out results/],
    [['results/reference/run.json'], /takes two sets of results, and one was named/],
  ])('%j', async (args, sentence) => {
    const { status, stdout, stderr } = await runTool(['compare', ...args], { guarded: true })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^rpbench: [^\n]+\.\n$/)
    expect(stderr.replace(/^rpbench: |\n$/g, '')).toMatch(sentence)
  })
})
