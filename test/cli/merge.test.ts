import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

/** Three shards with a group of their own each, at the same time; their files, by shard. */
async function threeShards(): Promise<string[]> {
  const folder = join(directory, 'parts')
  const plan = ['run', '-p', '2', '-f', '300', '--requests', '3', '--warmup', '0s', '--seed', '7', '-q']
  const ended = await Promise.all(
    [1, 2, 3].map((part) => runTool([...plan, '--shard', `${part}/3`, '-o', folder])),
  )
  for (const { status, stderr } of ended) expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return files.map((name) => join(folder, name)).toSorted((a, b) => shardOf(a) - shardOf(b))
}

const read = (file: string): RunResult => runResult.parse(JSON.parse(readFileSync(file, 'utf8')))
const shardOf = (file: string): number => read(file).plan.effective.shard!.index

describe('rpbench merge', () => {
  it('makes one result of three shards, which every command takes, and refuses what does not fit', async () => {
    const files = await threeShards()
    const whole = join(directory, 'whole.json')
    const { status, stdout, stderr } = await runTool(['merge', ...files, '--output', whole])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^rpbench merge .* 6 processes · 300 flows/)
    expect(stdout).toContain('3 merged')
    expect(stdout).toContain('each flow within its own of 3 groups')
    expect(stdout).toContain(`saved`)

    const merged = read(whole)
    expect(merged.books).toMatchObject({ sent: 900, taken: 900, replied: 900, unexplained: 0 })
    expect(merged.members.map(({ flows, taken }) => [flows, taken])).toEqual(
      files.flatMap((file) => read(file).members.map(({ flows, taken }) => [flows, taken])),
    )
    expect(merged.latency!.service.count).toBe(900)
    // In any order, and from the folder, it is the same.
    const json = await runTool(['merge', join(directory, 'parts'), '--json'])
    expect(JSON.parse(json.stdout)).toEqual(merged)

    const passes = ['--threshold', 'books.unexplained==0']
    const takers = [
      ['report', whole],
      ['report', whole, '--format', 'html'],
      ['report', whole, '--format', 'markdown'],
      ['list', directory],
      ['check', whole, ...passes],
      [
        'merge',
        ...files,
        ...passes,
        '--hgrm',
        join(directory, 'all.hgrm'),
        '--hdr-log',
        join(directory, 'all.hlog'),
      ],
    ]
    await Promise.all(
      takers.map(async (args) => {
        const taken = await runTool(args)
        expect({ args, status: taken.status, stderr: taken.stderr }).toEqual({ args, status: 0, stderr: '' })
      }),
    )
    expect(readFileSync(join(directory, 'all.hgrm'), 'utf8')).toContain('Total count    =          900')
    expect((await runTool(['merge', ...files, '--threshold', 'rate.roundTrips<1'])).status).toBe(99)

    const other = join(directory, 'other.json')
    const [first, second, third] = files as [string, string, string]
    const { plan, ...rest } = read(second)
    writeFileSync(
      other,
      JSON.stringify({ ...rest, plan: { ...plan, effective: { ...plan.effective, seed: 8 } } }),
    )
    const cut = join(directory, 'cut.json')
    writeFileSync(cut, readFileSync(second, 'utf8').slice(0, 1000))
    const refusals: [string[], RegExp][] = [
      [[first, third], /^rpbench: Shard 2 of 3 is missing/],
      [[first, second, second, third], /are both shard 2\/3: name each part once/],
      [[first, other, third], /other\.json is of another plan than .*: --seed is 8, and there 7\./],
      [[first, cut, third], /cut\.json is not JSON/],
      [[first, 'results/reference/run.json', third], /results\/reference\/run\.json is a whole run/],
      [[first, 'results/reference/churn-hash.json', third], /churn-hash\.json is a result of churn/],
      [[whole], /There is no shard to merge: .*whole\.json is a merged result itself/],
      [[join(directory, 'none.json')], /none\.json cannot be read/],
    ]
    await Promise.all(
      refusals.map(async ([args, sentence]) => {
        const refused = await runTool(['merge', ...args])
        expect({ args, status: refused.status, stdout: refused.stdout }).toEqual({
          args,
          status: 2,
          stdout: '',
        })
        expect(refused.stderr).toMatch(sentence)
        expect(refused.stderr.trim().split('\n')).toHaveLength(1)
      }),
    )
  })
})
