import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runOn, startServe, WITH_TOKEN } from './served.js'
import { runTool, Tool } from './tool.js'
import { mayHaveTwoNetworks, SERVER_ADDRESS, TwoNetworks } from './two-networks.js'

const SHARDS = 10
const FLOWS = 1000

let directory: string
useTemporaryDirectory((path) => (directory = path))

/** Which member each flow is at, and how often it was asked and answered: rows of all `-flows.csv` of a folder, by flow. */
const flowsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('-flows.csv'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(1))
    .toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10))

const countsOf = ({ members }: RunResult): object[] =>
  members.map(({ index, flows, taken, echoed, replies, late, drops, sent, unexplained }) => {
    return { index, flows, taken, echoed, replies, late, drops, sent, unexplained }
  })

describe.runIf(await mayHaveTwoNetworks())('ten shards against one served group in another network', () => {
  let networks: TwoNetworks
  beforeEach(async () => {
    networks = await TwoNetworks.make()
  })
  afterEach(async () => {
    await Tool.endAll()
    networks.end()
  })

  it('are, merged, what one client with all the flows is', async () => {
    const served = await startServe(directory, ['--listen', 'any'], { under: networks.server.under })
    // Few in flight, and time enough: no queue overflows, and no reply is late.
    const plan = ['-f', String(FLOWS), '--requests', '4', '--in-flight', '20', '--timeout', '5s']
    const flags = [...plan, '--warmup', '0s', '--seed', '7', '--allow-remote', '--json', '--save']
    const client = async (folder: string, more: readonly string[] = []): Promise<RunResult> => {
      const args = runOn(served, [...flags, '-o', folder, ...more], SERVER_ADDRESS)
      const { status, stdout, stderr } = await runTool(args, { ...WITH_TOKEN, under: networks.client.under })
      // What it is to send to another host, it says first.
      expect(stderr).toMatch(/^rpbench: Sends [^\n]*\n$/)
      expect(status).toBe(0)
      return runResult.parse(JSON.parse(stdout))
    }
    const [wholeFolder, parts] = [join(directory, 'whole'), join(directory, 'parts')]
    const whole = await client(wholeFolder)
    await Promise.all(
      Array.from({ length: SHARDS }, (_, i) => client(parts, ['--shard', `${i + 1}/${SHARDS}`])),
    )
    const { status, stdout, stderr } = await runTool(['merge', parts, '--json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const merged = runResult.parse(JSON.parse(stdout))

    expect(flowsIn(wholeFolder)).toHaveLength(FLOWS)
    expect(flowsIn(parts)).toEqual(flowsIn(wholeFolder))
    expect(countsOf(merged)).toEqual(countsOf(whole))
    expect(merged.balance).toEqual(whole.balance)
    expect(merged.affinity).toEqual(whole.affinity)
    expect(merged.takenBalance).toEqual(whole.takenBalance)
    expect(merged.books).toMatchObject({ sent: 4 * FLOWS, taken: 4 * FLOWS, lost: 0, unexplained: 0 })
    expect(merged.books).toEqual(whole.books)
    expect(merged.latency!.service.count).toBe(4 * FLOWS)
    expect(merged.shards!.parts).toHaveLength(SHARDS)
  }, 120_000)
})
