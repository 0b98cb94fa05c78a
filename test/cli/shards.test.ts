import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { serveResult } from '../../src/result/serve-result.js'
import { membersOf, until } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runOn, startServe, WITH_TOKEN, type Served } from './served.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

const FLOWS = 1000
const COUNT = 3

/** Flags of a client that keeps what it measured in a folder. */
const kept = (served: Served, folder: string, flags: readonly string[]): string[] => [
  ...runOn(served, flags).filter((flag) => flag !== '--no-save'),
  '-o',
  join(directory, folder),
]

/** Starts a client of each shard at once. */
const startShards = (served: Served, flags: readonly string[]): Tool[] =>
  Array.from(
    { length: COUNT },
    (_, i) => new Tool(kept(served, `${i + 1}`, [...flags, '--shard', `${i + 1}/${COUNT}`]), WITH_TOKEN),
  )

const fileIn = (folder: string, ending: string): string => {
  const name = readdirSync(join(directory, folder)).find((file) => file.endsWith(ending))
  return readFileSync(join(directory, folder, name!), 'utf8')
}
const resultIn = (folder: string): RunResult => runResult.parse(JSON.parse(fileIn(folder, '.json')))

/** By flow, where it came from and the member that answered it. */
function placesIn(folders: readonly string[]): Map<string, { source: string; member: string }> {
  const rows = folders.flatMap((folder) => fileIn(folder, '-flows.csv').trim().split('\n').slice(1))
  return new Map(
    rows.map((row) => {
      const [flow, address, port, member] = row.split(',') as [string, string, string, string]
      return [flow, { source: `${address}:${port}`, member }]
    }),
  )
}

const SHARDS = ['1', '2', '3']

describe('shards of a plan on one group', { timeout: 60_000 }, () => {
  it.each([
    ['a closed loop', ['--source-addresses', '127.77.0.1-127.77.0.9']],
    ['an open loop', ['--source-addresses', '127.77.1.1-127.77.1.9', '--rate', '30k']],
  ])('ask the members that one run asks, in %s', async (_how, load) => {
    const served = await startServe(directory, ['--json', '--quiet'])
    const flags = [...load, '-f', String(FLOWS), '--requests', '3', '--warmup', '0s']
    const { status } = await runTool(kept(served, 'whole', flags), WITH_TOKEN)
    expect(status).toBe(0)
    for (const tool of startShards(served, flags)) expect((await tool.ended).stderr).toBe('')
    served.tool.ctrlC()
    const [alone, together] = serveResult.parse(JSON.parse((await served.tool.ended).stdout)).runs

    const [all, parts] = [placesIn(['whole']), placesIn(SHARDS)]
    expect(parts.size).toBe(FLOWS)
    // A port may have been in use once, and another taken then.
    const same = [...all].filter(([flow, { source }]) => parts.get(flow)?.source === source)
    expect(same.length).toBeGreaterThan(0.98 * FLOWS)
    expect(same.filter(([flow, { member }]) => parts.get(flow)!.member !== member)).toEqual([])
    expect(together).toMatchObject({ shards: COUNT, finished: true, taken: alone!.taken, left: 0 })

    const results = SHARDS.map(resultIn)
    expect(results.map(({ plan }) => plan.effective.flows)).toEqual([333, 333, 334])
    expect(new Set(results.map(({ allShards }) => allShards?.runId)).size).toBe(1)
    expect(results.reduce((sum, { books }) => sum + books.sent, 0)).toBe(together!.taken)
    for (const { books, members, allShards, validity } of results) {
      expect(allShards).toMatchObject({ shards: COUNT, lost: [] })
      expect(books.lost).toBe(0)
      // Members count for all shards: of one alone nobody knows.
      expect(books).not.toHaveProperty('taken')
      expect(books).not.toHaveProperty('unexplained')
      for (const member of members) expect(member).not.toHaveProperty('taken')
      expect(validity.verdict).not.toBe('invalid')
    }
  })

  it('end without one that was killed, and say so', async () => {
    const served = await startServe(directory)
    const intervals = ['--interval', '100ms', '--json-lines']
    const tools = startShards(served, ['-f', '30', '-d', '2s', '--rate', '300', ...intervals])
    await until('all measure', () => tools.every(({ written }) => written.stdout.includes('\n')))
    tools[1]!.signal('SIGKILL')
    for (const folder of ['1', '3']) {
      await tools[Number(folder) - 1]!.ended
      const result = resultIn(folder)
      expect(result.allShards).toMatchObject({ shards: 3, lost: [2] })
      expect(result.books.lost).toBe(0)
      expect(result.validity.findings.map(({ code }) => code)).toContain('shards-lost')
      expect(result.intervals!.length).toBeGreaterThan(1)
      for (const { members } of result.intervals!) expect(members).toEqual([])
    }
  })
})

it('shards whose flows share sockets have the sources that they have in one run of as many threads', async () => {
  const flags = ['run', '-p', '2', '-f', '1000', '--requests', '1', '--warmup', '0s', '--quiet']
  const ask = async (folder: string, more: readonly string[]): Promise<void> => {
    const engine = ['--engine', 'pktinfo-mmsg', '-o', join(directory, folder)]
    expect(await runTool([...flags, ...engine, ...more])).toMatchObject({ stderr: '' })
  }
  await ask('whole', ['-w', '3'])
  await ask('2', ['-w', '1', '--shard', '2/3'])
  const [all, part] = [placesIn(['whole']), placesIn(['2'])]
  expect([...part.keys()]).toEqual(Array.from({ length: 333 }, (_, i) => String(333 + i)))
  // A port may have been in use once: it has a third of the part's flows at most.
  const same = [...part].filter(([flow, { source }]) => all.get(flow)!.source === source)
  expect(same.length).toBeGreaterThan(200)
})

const SMALL = [
  'run',
  '-p',
  '1',
  '-f',
  '30',
  '--requests',
  '1',
  '--warmup',
  '0s',
  '--no-save',
  '--json',
  '--quiet',
]
const SLURM = {
  SLURM_ARRAY_TASK_ID: '3',
  SLURM_ARRAY_TASK_MIN: '1',
  SLURM_ARRAY_TASK_MAX: '5',
  SLURM_ARRAY_TASK_STEP: '2',
  SLURM_ARRAY_TASK_COUNT: '3',
}

it('the environment says which shard it is only where the flag asks for that', async () => {
  for (const [flags, env, shard] of [
    [[], SLURM, [undefined, undefined, undefined]],
    [['--shard', 'auto'], SLURM, [2, 3, 'slurm']],
    [['--shard', '/3'], { JOB_COMPLETION_INDEX: '2' }, [3, 3, 'kubernetes']],
    [['--shard', '1/3'], SLURM, [1, 3, 'flag']],
  ] as const) {
    const { stdout } = await runTool([...SMALL, ...flags], { env })
    const { effective } = runResult.parse(JSON.parse(stdout)).plan
    const { index, count, from } = effective.shard ?? {}
    expect([index, count, from]).toEqual(shard)
    expect(effective.flows).toBe(count === undefined ? 30 : 10)
  }
})

it('nothing is sent before --start-at, and the wait can be interrupted', async () => {
  const asked = Date.now()
  const { stdout } = await runTool([...SMALL, '--start-at', '+3s'])
  const { plan, startup } = runResult.parse(JSON.parse(stdout))
  const at = Date.parse(plan.effective.startAt!)
  expect(at).toBeGreaterThanOrEqual(asked + 3000)
  // It counts from the start of the process, which takes a part of the wait.
  expect(startup!.firstMeasuredPacketNs / 1e6).toBeGreaterThan(2000)
  const past = await runTool([...SMALL, '--start-at', '2020-01-01T00:00:00Z'])
  expect(past).toMatchObject({ status: 2, stdout: '' })
  expect(past.stderr).toMatch(/^rpbench: --start-at 2020-01-01T00:00:00\.000Z is over, .*\n$/)
  const waiting = new Tool([...SMALL, '--start-at', '+60s'])
  await until('its member serves', () => membersOf(waiting.pid).length > 0)
  waiting.ctrlC()
  expect(await waiting.ended).toMatchObject({
    status: 130,
    stdout: '',
    stderr: 'rpbench: Interrupted before anything was measured.\n',
  })
})
