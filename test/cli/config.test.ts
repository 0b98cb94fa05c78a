import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool } from './tool.js'

const RUN = fileURLToPath(new URL('../../results/reference/run.json', import.meta.url))

let root: string
useTemporaryDirectory((path) => (root = path))

const CONFIG = {
  run: { procs: 2, flows: '40', requests: 5, warmup: '0s', threshold: ['latency.service.max<1ns'] },
}

/** Writes a configuration, and runs the tool in a folder below it. */
async function below(config: unknown, ...args: string[]) {
  await writeFile(
    join(root, 'rpbench.config.json'),
    typeof config === 'string' ? config : JSON.stringify(config),
  )
  const cwd = join(root, 'a/b')
  await mkdir(cwd, { recursive: true })
  return runTool(args, { cwd, guarded: args[0] !== 'run' || config !== CONFIG })
}

describe('rpbench.config.json', () => {
  it('gives flags and thresholds to a command below it, and is named in the result', async () => {
    const { status, stdout } = await below(CONFIG, 'run', '--no-save', '--json')
    const result = runResult.parse(JSON.parse(stdout))
    expect(status).toBe(99)
    expect(result.plan.effective).toMatchObject({ procs: 2, flows: 40, requests: 5 })
    expect(result.plan.supplied).toMatchObject({ procs: '2', requests: '5' })
    expect(result.configFile).toBe(join(root, 'rpbench.config.json'))
    expect(result.thresholds).toMatchObject([{ expression: 'latency.service.max<1ns', outcome: 'fail' }])
  })

  it('loses to flags that are given, a threshold to all of its own', async () => {
    const given = ['--flows', '30', '--threshold', 'books.unexplained==0']
    const { status, stdout } = await below(CONFIG, 'run', '--no-save', ...given)
    expect(status).toBe(0)
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/30 flows .* flags from \S+rpbench\.config\.json/)
    expect(stdout).not.toContain('latency.service.max')
  })

  it('has the thresholds of saved results too', async () => {
    expect(await below(CONFIG, 'check', RUN)).toMatchObject({ status: 99 })
    expect(await below(CONFIG, 'check', RUN, '--no-config')).toMatchObject({ status: 2 })
  })

  it.each([
    [{ run: { thresold: [] } }, ': run has no "thresold"; did you mean "threshold"?'],
    [{ runs: {} }, ' has no "runs"; did you mean "run"?'],
    [{ run: { procs: [2] } }, ': run.procs: '],
    [{ run: { threshold: 'books.lost==0' } }, ': run.threshold: '],
    ['{', ' is not JSON: correct it, or leave it out with --no-config.'],
  ])('is refused before anything starts: %j', async (config, sentence) => {
    const { status, stdout, stderr } = await below(config, 'run')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^rpbench: [^\n]+\n$/)
    expect(stderr).toContain(`rpbench.config.json${sentence}`)
  })

  it('is named where a flag of it is wrong', async () => {
    const { status, stderr } = await below({ run: { procs: 0 } }, 'run')
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^rpbench: --procs [^\n]+ Flags were taken from \S+rpbench\.config\.json too; --no-config leaves it out\.\n$/,
    )
  })

  it('has a schema', async () => {
    const { status, stdout } = await runTool(['schema', 'config'], { guarded: true })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      additionalProperties: false,
      properties: { run: { additionalProperties: false, properties: { threshold: { type: 'array' } } } },
    })
  })
})
