import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { runTool } from './tool.js'

const REFERENCE = fileURLToPath(new URL('../../results/reference/', import.meta.url))
const limits = (...texts: string[]): string[] => texts.flatMap((text) => ['--threshold', text])

const run = (...args: string[]) =>
  runTool(['run', '-p', '2', '-f', '40', '--requests', '5', '--warmup', '0s', '--no-save', ...args])

describe('rpbench run --threshold', () => {
  it('ends with 99 where one fails, and says of each how it fares', async () => {
    const { status, stdout } = await run(
      '--json',
      ...limits('books.unexplained==0', 'latency.service.max<1ns', 'balance.maxOverMean<1.10'),
    )
    expect(status).toBe(99)
    expect(runResult.parse(JSON.parse(stdout)).thresholds).toMatchObject([
      { expression: 'books.unexplained==0', outcome: 'pass', observed: 0, n: 200 },
      { expression: 'latency.service.max<1ns', outcome: 'fail', n: 200 },
      { expression: 'balance.maxOverMean<1.10', outcome: 'cannot tell', n: 40 },
    ])
  })

  it('ends with 3 where one cannot be told, and with 0 where all pass', async () => {
    const untold = await run(...limits('latency.service.p99.9<1h'))
    expect(untold.status).toBe(3)
    expect(untold.stdout.replaceAll(/\s+/g, ' ')).toContain(
      '200 requests are too few for p99.9: with 10 beyond it, it takes 10,000',
    )
    expect(await run(...limits('books.unexplained==0'))).toMatchObject({ status: 0 })
  })

  it.each([
    ['latency.respose.p99<2ms', 'did you mean latency.response.p99?'],
    [
      'latency.response.p99<2ms',
      'is measured in an open loop only: give --rate, or limit latency.service.p99',
    ],
    ['latency.service.p99<2', "'2' has no unit"],
    ['changes.lost==0', 'run does not measure changes.lost'],
  ])('refuses %s before anything starts', async (text, sentence) => {
    const { status, stdout, stderr } = await runTool(['run', ...limits(text)], { guarded: true })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^rpbench: [^\n]+\.\n$/)
    expect(stderr).toContain(sentence)
  })
})

const check = (file: string, ...args: string[]) =>
  runTool(['check', `${REFERENCE}${file}`, ...args], { guarded: true })

describe('rpbench check', () => {
  it.each([
    ['run.json', 'balance.maxOverMean<1.10', 0],
    ['run.json', 'latency.service.p99<1us', 99],
    ['run.json', 'latency.response.p99<1s', 3],
    ['churn-hash.json', 'changes.movedShare<10%', 99],
    ['verify.json', 'affinity.moved==0', 0],
    ['run.json', 'changes.lost==0', 2],
    ['README.md', 'books.lost==0', 2],
  ])('of %s with %s ends with %i', async (file, text, status) =>
    expect(await check(file, ...limits(text))).toMatchObject({ status }),
  )

  it('without a threshold says what to give', async () => {
    const { status, stderr } = await check('run.json')
    expect(status).toBe(2)
    expect(stderr).toMatch(/^rpbench: Say what to check: --threshold with a limit, [^\n]+\.\n$/)
  })
})
