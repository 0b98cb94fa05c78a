import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { claimsResult } from '../../src/result/verify-result.js'
import { membersOf, until } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, Tool, type Outcome } from './tool.js'

const SMALL = ['verify', '-p', '2', '-f', '1000']

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

describe('rpbench verify', () => {
  it('prints one JSON document that follows its schema, and keeps it', async () => {
    const outcome = await runTool([...SMALL, '--claim', 'affinity', '--json', '-o', directory])
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    const value: unknown = JSON.parse(outcome.stdout)
    const result = claimsResult.parse(value)
    expect(result, 'no field that the schema does not know').toEqual(value)
    expect(result).toMatchObject({
      plan: { supplied: { procs: '2', flows: '1000', claim: ['affinity'] } },
      claims: [{ id: 'affinity', holds: true, evidence: { flows: 8000, moved: 0 } }],
    })
    const printed = await runTool(['schema', 'verify'])
    const validator = z.fromJSONSchema(JSON.parse(printed.stdout) as Record<string, unknown>)
    expect(validator.safeParse(value).error).toBeUndefined()
    const [file, ...others] = await readdir(directory)
    expect(file).toMatch(/^\d{8}T\d{6}Z-verify\.json$/)
    expect(others).toEqual([])
    expect(await readFile(join(directory, file!), 'utf8')).toBe(outcome.stdout)
  })

  it('ends with 99 where a claim does not hold, as under a steering that keeps no flow together', async () => {
    const outcome = await runTool(
      [...SMALL, '--steering', 'random', '--claim', 'affinity', '--claim', 'balance', '--no-save'],
      { cwd: directory, env: { COLUMNS: '40' } },
    )
    expect(outcome).toMatchObject({ status: 99, stderr: '' })
    expect(outcome.stdout).toMatch(/^ affinity does not hold/m)
    expect(outcome.stdout).toMatch(/^ balance cannot tell/m)
    expect(outcome.stdout.split('\n').filter((line) => Array.from(line).length > 40)).toEqual([])
    expect(await readdir(directory), '--no-save').toEqual([])
  })

  it('on Ctrl-C keeps the runs that were over, and says which claims they leave open', async () => {
    const tool = new Tool([...SMALL, '--json', '--no-save'])
    const first = await tool.untilMembers(2)
    await until('the members of the second run are there', () => {
      const members = membersOf(tool.pid)
      return members.length === 2 && members.every((pid) => !first.includes(pid))
    })
    tool.ctrlC()
    const outcome = await tool.ended
    expect(outcome).toMatchObject({ status: 130, stderr: '' })
    const { stopped, claims } = claimsResult.parse(JSON.parse(outcome.stdout))
    expect(stopped).toBe('interrupted')
    expect(claims.map(({ id }) => id)).toEqual(['affinity', 'balance', 'churn', 'overload'])
    for (const claim of claims) expect(claim).toMatchObject({ verdict: 'cannot tell' })
    const [affinity, , churn] = claims
    expect(affinity).toMatchObject({ evidence: { moved: 0 } })
    const flows = affinity?.id === 'affinity' ? (affinity.evidence?.flows ?? 0) : 0
    expect({ some: flows > 0, whole: flows % 1000 }, 'of runs that were over').toEqual({
      some: true,
      whole: 0,
    })
    expect(churn).not.toHaveProperty('evidence')
  })
})

/** Runs it in an empty directory, where it fails loudly if it starts a process or a thread. */
const guarded = async (...args: string[]): Promise<Outcome> =>
  runTool(['verify', ...args], { cwd: directory, guarded: true })

describe('before anything starts, rpbench verify', () => {
  it.each([
    [
      'another claim',
      ['--claim', 'speed'],
      /--claim is affinity or balance or churn or overload, not "speed"/,
    ],
    ['another steering', ['--steering', 'magic'], /--steering is hash or random/],
    ['one member', ['-p', '1'], /--procs '1' is too small: 2 at least/],
    ['too many members', ['-p', '65'], /--procs '65' is too large: 64 at most/],
    ['too many flows', ['-f', '30k'], /--flows '30k' is too large: 20,000 at most/],
    ['too few flows', ['-p', '8', '-f', '39'], /--flows 39 is too few .* 8 members: 40 at least/],
    ['a word too many', ['everything'], /"everything" is nothing that verify takes/],
  ])('refuses %s in one sentence', async (_name, args, sentence) => {
    const outcome = await guarded(...args)
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(/^rpbench: [^\n]+\.\n$/)
    expect(outcome.stderr).toMatch(sentence)
    expect(await readdir(directory)).toEqual([])
  })

  it('says that a claim has no meaning under a steering, with a status of its own', async () => {
    const outcome = await guarded('--steering', 'random', '--claim', 'churn', '--no-save')
    expect(outcome).toMatchObject({ status: 3, stderr: '' })
    expect(outcome.stdout).toMatch(/^ churn +cannot tell +Steering random places each datagram anew/m)
  })

  it('tells in its help of its exit status, and of verify selectors', async () => {
    const { status, stdout } = await guarded('--help')
    expect(status).toBe(0)
    expect(stdout).toContain('99 one (or a threshold) does not')
    expect(stdout).toMatch(/^ {2}verify selectors /m)
  })
})

it.skipIf(process.getuid?.() !== 0)(
  'verify selectors finds no failure as the user that it acts as otherwise',
  async ({ skip }) => {
    const under = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
    const outcome = await runTool(['verify', 'selectors', '--json'], { under })
    skip(outcome.stdout === '', 'needs a tool that others may read')
    const { cases } = JSON.parse(outcome.stdout) as { cases: { id: string; outcome: string }[] }
    expect(cases.filter((one) => one.outcome === 'fail')).toEqual([])
    expect(cases.find(({ id }) => id === 'other-user')).toMatchObject({ outcome: 'not-possible' })
    expect(outcome.status).toBe(0)
  },
)
