import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareResult } from '../../src/result/compare-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))

/** Few requests, whose time is what the member sleeps: 20 % more of it is 12 ms. */
const sleeping = (ms: number): string =>
  `-p 1 -f 1 --requests 3 --in-flight 1 --warmup 0s --service-kind sleep --service-time ${ms}ms`

describe('rpbench compare --run', () => {
  it('finds a service time that is 20 % longer, and what it saved says the same again', async () => {
    const { status, stdout, stderr } = await runTool([
      'compare',
      '--run',
      sleeping(60),
      '--run',
      sleeping(72),
      '--metric',
      'latency.service.p50',
      '--repeat',
      '6',
      '--json',
      '--output',
      directory,
    ])
    expect({ status, stderr }).toEqual({ status: 99, stderr: '' })
    const result = compareResult.parse(JSON.parse(stdout))
    expect(result).toMatchObject({
      verdict: 'worse',
      design: 'paired',
      differences: { plan: [{ flag: '--service-time', base: '60 ms', new: '72 ms' }], host: [] },
      metrics: [{ verdict: 'worse', pValue: 2 / 64, significant: true }],
    })
    const files = readdirSync(directory)
      .toSorted()
      .map((name) => join(directory, name))
    expect(files.map((file) => file.replace(/.*Z/, ''))).toEqual([
      '-compare-base.json',
      '-compare-new.json',
      '-compare.json',
    ])
    const again = await runTool(
      [
        'compare',
        files[0]!,
        files[1]!,
        '--allow-different-plans',
        '--no-save',
        '--metric',
        'latency.service.p50',
      ],
      { guarded: true, env: { COLUMNS: '40' } },
    )
    expect(again.status).toBe(99)
    expect(again.stdout).toMatch(/\n verdict worse/)
    expect(Math.max(...again.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40)
  })
})
