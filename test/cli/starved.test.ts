import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { churnResult } from '../../src/result/churn-result.js'
import { type RunResult, runResult } from '../../src/result/run-result.js'
import { type Outcome, runTool } from './tool.js'

const neighbours: ChildProcess[] = []

/** One process per CPU that does nothing but run. They end themselves should the test not come to it. */
function startNeighbours(): void {
  for (let cpu = 0; cpu < availableParallelism(); cpu++)
    neighbours.push(
      spawn(process.execPath, ['-e', 'const end = Date.now() + 30_000; while (Date.now() < end);']),
    )
}

afterEach(() => {
  for (const neighbour of neighbours.splice(0)) neighbour.kill('SIGKILL')
})

function resultOf(outcome: Outcome): RunResult {
  return runResult.parse(JSON.parse(outcome.stdout))
}

function codes({ validity }: RunResult): string[] {
  return validity.findings.filter(({ severity }) => severity !== 'note').map(({ code }) => code)
}

const hasTaskset = (() => {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const SHORT = ['run', '-p', '2', '-f', '200', '--warmup', '100ms', '--json', '--no-save']

describe('a run whose generator could not keep up says so', () => {
  it('with exit status 3, when the rate is more than the client can send', async () => {
    const outcome = await runTool([...SHORT, '-d', '300ms', '--timeout', '200ms', '--rate', '5M'])
    expect(outcome.status).toBe(3)
    const result = resultOf(outcome)
    expect(result.validity.verdict).toBe('invalid')
    expect(codes(result)).toContain('achieved-rate')
    expect(result.books.unexplained).toBe(0)
  })

  it('through changes of its group too', async () => {
    const outcome = await runTool(
      'churn -p 2 -f 1000 -r 600k --warmup 200ms --change 700ms:add --json --no-save'.split(' '),
    )
    expect(outcome.status).toBe(3)
    const { validity } = churnResult.parse(JSON.parse(outcome.stdout))
    expect(validity.verdict).toBe('invalid')
    expect(validity.findings.map(({ code }) => code)).toContain('achieved-rate')
    expect(validity.checks).toContainEqual(expect.objectContaining({ code: 'client-drops', passed: true }))
  })

  it('when client and members have one CPU between them', { skip: !hasTaskset }, async () => {
    const result = resultOf(
      await runTool([...SHORT, '-d', '1s', '--rate', '2k'], { under: ['taskset', '-c', '0'] }),
    )
    expect(result.validity.verdict).not.toBe('valid')
    expect(codes(result)).toContain('shared-cores')
  })

  it('when a neighbour keeps the CPUs busy', async () => {
    startNeighbours()
    const result = resultOf(await runTool([...SHORT, '-d', '2s', '--rate', '1k']))
    expect(result.validity.verdict).not.toBe('valid')
    expect(codes(result)).toContain('busy-neighbour')
  })
})
