import { afterEach, describe, expect, it } from 'vitest'
import { sweepResult } from '../../src/result/sweep-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { startServe, WITH_TOKEN } from './served.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

describe('a group that rpbench serve runs', () => {
  it('is measured by a sweep too, each run with its members', async () => {
    // Its control port has the number of its own, where nobody has that.
    const { port } = await startServe(directory, [], {}, [])
    const flags = '-f 40,80 --requests 2 --warmup 20ms --repeat 1 --quiet --json --no-save'.split(' ')
    const { stdout } = await runTool(['sweep', '--target', `127.0.0.1:${port}`, ...flags], WITH_TOKEN)
    const { points } = sweepResult.parse(JSON.parse(stdout))
    expect(points.map(({ summary }) => summary?.lossShare?.median)).toEqual([0, 0])
    // Known from its members alone.
    for (const { summary } of points) expect(summary?.flowsMaxOverMean?.median).toBeGreaterThanOrEqual(1)
  })
})
