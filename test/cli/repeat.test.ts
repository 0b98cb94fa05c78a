import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { repeatResult } from '../../src/result/repeat-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

const SHORT = ['run', '-p', '2', '-f', '200', '--requests', '3', '--warmup', '0s']

describe('run --repeat', () => {
  it('measures each time with fresh processes, another port and another seed, and saves all of it', async () => {
    const { status, stdout, stderr } = await new Tool([...SHORT, '--repeat', '3', '--json', '-o', directory])
      .ended
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const result = repeatResult.parse(JSON.parse(stdout))
    const runs = result.repetitions.map(({ run }) => run!)
    expect(runs.map(({ books }) => [books.sent, books.unexplained])).toEqual([
      [600, 0],
      [600, 0],
      [600, 0],
    ])
    expect(new Set(runs.map(({ group }) => group.port)).size).toBe(3)
    expect(new Set(runs.flatMap(({ members }) => members.map(({ pid }) => pid))).size).toBe(6)
    expect(runs.map(({ plan }) => plan.effective.seed)).toEqual([1, 2, 3])
    expect(result.plan.supplied['repeat']).toBe('3')
    const names = (await readdir(directory)).toSorted()
    expect(names.map((name) => name.replace(/^[^-]*/, ''))).toEqual(['-runs.csv', '-runs.json'])
    expect(await readFile(join(directory, names[1]!), 'utf8')).toBe(stdout)
  })

  it('keeps and prints what was measured when Ctrl-C ends it', async () => {
    const tool = new Tool([...SHORT.with(6, '1M'), '--repeat', '3', '--json', '--no-save'])
    await tool.untilTaken('measured', 2)
    tool.ctrlC()
    const { status, stdout } = await tool.ended
    expect(status).toBe(130)
    const result = repeatResult.parse(JSON.parse(stdout))
    expect(result).toMatchObject({ stopped: 'interrupted', repeat: 3 })
    expect(result.repetitions.map(({ run }) => run?.stopped)).toEqual(['interrupted'])
  })
})
