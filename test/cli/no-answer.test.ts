import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { churnResult, type ChurnResult } from '../../src/result/churn-result.js'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { sweepResult } from '../../src/result/sweep-result.js'
import { claimsResult } from '../../src/result/verify-result.js'
import { inNamespace, mayHaveNamespace } from './namespace.js'
import { without } from '../refused-calls.js'
import { runTool, Tool, type ToolOptions } from './tool.js'

const IN_FLIGHT = 64
const SHORT = ['--warmup', '0s', '--timeout', '300ms']
/** More requests than are given up until a phase is over: in a second, four deadlines pass. */
const SOME = 6 * IN_FLIGHT
const MEMBERS_MUTE: ToolOptions = { under: without('sendmmsg') }
const FILTER = fileURLToPath(new URL('drop-input.py', import.meta.url))

/** Of all tests: they run at the same time, since they wait more than they work. */
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rpbench-no-answer-'))
})
afterAll(async () => {
  await Tool.endAll()
  rmSync(directory, { recursive: true })
})

async function failedRun(args: string, options: ToolOptions): Promise<RunResult> {
  const outcome = await runTool(
    ['run', '-p', '2', ...args.split(' '), ...SHORT, '--no-save', '--json'],
    options,
  )
  expect(outcome).toMatchObject({ status: 1, stderr: '' })
  const result = runResult.parse(JSON.parse(outcome.stdout))
  expectFailure(result)
  return result
}

async function savedIn(folder: string, ending: string): Promise<unknown> {
  const name = (await readdir(folder)).find((file) => file.endsWith(ending))
  return JSON.parse(await readFile(join(folder, name!), 'utf8'))
}

/** Nobody answered, and the result says so in each way that it has. */
function expectFailure({ stopped, failure, validity, books }: RunResult | ChurnResult): void {
  expect(stopped).toBe('failed')
  expect(failure).toMatch(/^Nobody answered: .*\.$/)
  expect(validity.verdict).toBe('invalid')
  expect(validity.findings).toContainEqual(
    expect.objectContaining({ code: 'unanswered-share', severity: 'invalid', measured: 1 }),
  )
  expect(books).toMatchObject({ replied: 0, late: 0, lost: books.sent })
}

describe.concurrent('where members cannot send', () => {
  it('a run fails with the likely cause, is printed and saved, and waits for no deadline of each flow', async () => {
    const args = ['run', '-p', '2', '-f', '2000', '-d', '200ms', '--warmup', '50ms', '--timeout', '300ms']
    const outcome = await runTool([...args, '-o', directory], { ...MEMBERS_MUTE, env: { COLUMNS: '200' } })
    expect(outcome).toMatchObject({ status: 1, stderr: '' })
    expect(outcome.stdout).toMatch(/^ run +failed +Nobody answered: .* could send no reply, .*seccomp/m)
    expect(outcome.stdout).toMatch(/^ validity +invalid /m)
    expect(outcome.stdout).not.toContain('answered alike')
    const result = runResult.parse(await savedIn(directory, '-run.json'))
    expectFailure(result)
    expect(result.books.echoErrors).toBe(result.books.sent)
    expect(result.books.sent).toBeLessThan(SOME)
    expect(result.affinity.unasked).toBe(2000 - result.affinity.unanswered)
  })

  it('a run in waves ends with the first of them in a second', async () => {
    const { affinity } = await failedRun('-f 5000 --wave-size 50 -d 200ms', MEMBERS_MUTE)
    expect(affinity.unanswered).toBeLessThan(SOME)
  })

  it('a run of a number of requests ends when nobody was heard for three deadlines', async () => {
    const { books } = await failedRun('-f 5000 --requests 1000', MEMBERS_MUTE)
    expect(books.sent).toBeLessThan(SOME)
  })

  it('an open loop ends with its schedule', async () => {
    const { books, affinity } = await failedRun('-f 500 -r 5k -d 200ms', MEMBERS_MUTE)
    expect(books.sent + books.unsent).toBe(1000)
    expect(affinity.unanswered).toBe(500)
  })

  it('churn fails, whatever it changed', async () => {
    const outcome = await runTool(
      ['churn', '-p', '2', '-f', '100', '-r', '2k', '--change', '300ms:add', ...SHORT, '--no-save', '--json'],
      MEMBERS_MUTE,
    )
    expect(outcome).toMatchObject({ status: 1, stderr: '' })
    expectFailure(churnResult.parse(JSON.parse(outcome.stdout)))
  })

  it('a sweep fails when all its runs do, and says why', async () => {
    const args = ['sweep', '-p', '2', '-f', '200', '-d', '200ms', '--repeat', '1', ...SHORT]
    const outcome = await runTool([...args, '-o', directory], { ...MEMBERS_MUTE, env: { COLUMNS: '200' } })
    expect(outcome.status).toBe(1)
    expect(outcome.stdout).toMatch(/^ failed +1 run +Nobody answered: /m)
    const { points, runs } = sweepResult.parse(await savedIn(directory, '-sweep.json'))
    expect(points.map((point) => point.runs)).toEqual([{ valid: 0, suspect: 0, invalid: 0, failed: 1 }])
    expect(runs).toMatchObject([{ stopped: 'failed', validity: { verdict: 'invalid' } }])
  })

  it('no claim can be told, and it is not tried again and again', async () => {
    const outcome = await runTool(
      ['verify', '-p', '2', '-f', '200', '--claim', 'affinity', '--claim', 'balance', '--no-save', '--json'],
      MEMBERS_MUTE,
    )
    expect(outcome).toMatchObject({ status: 3, stderr: '' })
    const { claims } = claimsResult.parse(JSON.parse(outcome.stdout))
    expect(claims.map(({ verdict }) => verdict)).toEqual(['cannot tell', 'cannot tell'])
    const [affinity] = claims
    expect(affinity?.id === 'affinity' && affinity.evidence?.runs).toHaveLength(1)
  })
})

describe.concurrent('where a filter drops what comes to the port', { skip: !mayHaveNamespace() }, () => {
  const FILTERED: ToolOptions = { under: inNamespace(`python3 ${FILTER}`) }

  it('a run fails and says so', async () => {
    const { failure, books } = await failedRun('-f 500 -r 5k -d 200ms', FILTERED)
    expect(failure).toContain('no request came to a member or its queue')
    expect(books).toMatchObject({ taken: 0, unexplained: books.sent })
  })
})

describe.concurrent('a run of a number of requests, one of whose members falls silent', () => {
  it('gives up the flows of that member, asks all others to the end, and says so', async () => {
    const REQUESTS = 500
    const args = ['run', '-p', '4', '-f', '200', '--requests', String(REQUESTS), '--warmup', '50ms']
    const tool = new Tool([...args, '--timeout', '300ms', '--no-save', '--json'])
    const members = await tool.untilTaken('measured', 4, 2000)
    process.kill(members[1]!, 'SIGSTOP')
    const result = runResult.parse(JSON.parse((await tool.ended).stdout))
    const silent = result.members.findIndex(({ pid }) => pid === members[1])
    const flows = result.members[silent]!.flows
    expect(flows).toBeGreaterThan(0)
    expect(result.validity.findings).toContainEqual(
      expect.objectContaining({ code: 'flows-given-up', severity: 'suspect', measured: flows }),
    )
    const others = result.members.filter(({ index }) => index !== silent)
    expect(others.map(({ replies }) => replies)).toEqual(others.map((member) => member.flows * REQUESTS))
    // In each deadline all flows of the member may be in flight.
    expect(result.books.lost).toBeLessThan(6 * flows)
  })
})

describe.concurrent('a run of a number of requests that go to any member, one of which falls silent', () => {
  it.each([
    ['since each datagram is placed anew', ['--steering', 'random']],
    ['since flows are drawn by weight', ['--weights', 'zipf:0.5']],
  ])('ends, %s, and says so', async (_why, flags) => {
    const args = ['run', '-p', '4', '-f', '200', '--requests', '2000', '--warmup', '50ms', ...flags]
    const tool = new Tool([...args, '--timeout', '300ms', '--no-save', '--json'])
    const members = await tool.untilTaken('measured', 4, 2000)
    process.kill(members[1]!, 'SIGSTOP')
    const { status, stdout } = await tool.ended
    expect(status).toBe(3)
    const { validity, books } = runResult.parse(JSON.parse(stdout))
    expect(validity.findings).toContainEqual(
      expect.objectContaining({ code: 'flows-given-up', severity: 'suspect', measured: 200 }),
    )
    // Those in flight in each of the deadlines, and in the one that they are waited for at the end.
    expect(books.lost).toBeLessThan(SOME)
  })
})
