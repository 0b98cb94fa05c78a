import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readActivity, Standstill } from '../../src/host/process-state.js'
import { churnResult } from '../../src/result/churn-result.js'
import { isRunning, processesOf, until } from '../system/process-table.js'
import { CLI, runTool, Tool } from './tool.js'

/** It has no home, either. */
const HOMELESS = { HOME: '/nonexistent' }
/** Users that nobody is: a limit of processes counts all that a user has. Others of ours have other numbers. */
let uid = 300_000 + process.pid
const as = (user: number): string[] => ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups']
const asPlainUser = (): string[] => as(++uid)

/** Where nobody else can be run, or cannot read the tool, nothing can be told: how many processes this user has is unknown. */
const [setpriv, ...another] = asPlainUser()
const possible =
  process.getuid?.() === 0 &&
  spawnSync(setpriv!, [...another, 'test', '-r', CLI, '-a', '-x', process.execPath]).status === 0
beforeEach(({ skip }) => skip(!possible, 'needs root, and a tool and a Node.js that others may read'))
afterEach(async () => {
  await Tool.endAll()
  // What a failed test has left: nobody else is this user.
  for (const pid of processesOf(uid).pids) process.kill(pid, 'SIGKILL')
})

/** Lowers how many processes and threads a running tool and its user may have. */
function limitTasks(tool: Tool, most: number): void {
  // As that user, who may lower its own: root may be without the capability to set others'.
  const [command, ...args] = [...as(uid), 'prlimit', `--pid=${tool.pid}`, `--nproc=${most}`]
  const { status, stderr } = spawnSync(command, args)
  if (status !== 0) throw new Error(`prlimit: ${String(stderr)}`)
}

const noneOf = (user: number): Promise<unknown> =>
  until(`nothing of user ${user} runs`, () => processesOf(user).pids.length === 0)

/**
 * A churn that is measuring, whose newcomer finds room for two threads only: Node's start needs three, and waits for the
 * third for ever.
 */
async function churnWithoutRoom(...args: string[]): Promise<Tool> {
  const churn = 'churn -p 2 -f 200 -r 2k --warmup 100ms --engine epoll --no-save -q --change 1500ms:add'
  const tool = new Tool([...churn.split(' '), ...args], { under: asPlainUser(), env: HOMELESS })
  await tool.untilTaken('warm-up', 2)
  // Before the newcomer begins: the first of the measured phase is 1.5 s before it.
  limitTasks(tool, processesOf(uid).tasks + 2)
  return tool
}

/** The newcomer, once it has done nothing for many looks: it waits for a thread that was not made, and will for ever. */
async function untilStuck(tool: Tool): Promise<number> {
  const [, , newcomer] = await tool.untilMembers(3)
  const still = new Standstill()
  await until('the newcomer stands still', () => still.look(readActivity(newcomer!)) >= 60)
  return newcomer!
}

describe('a newcomer for which there is no room', () => {
  it('is given up with the likely cause; what was measured is kept, and nothing stays behind', async () => {
    const tool = await churnWithoutRoom('--json')
    const { status, stdout, stderr } = await tool.ended
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    const result = churnResult.parse(JSON.parse(stdout))
    expect(result).toMatchObject({ stopped: 'failed', skipped: ['add'] })
    expect(result.failure).toMatch(
      /^The change "add" at \d\.\d s failed\. Member 2 \(process \d+\) stood still while starting: for 5 s it did nothing; this user has (\d+) of at most \1 processes and threads \(RLIMIT_NPROC\): raise it with ulimit -u, or lower --procs\.$/,
    )
    expect(result.books.replied).toBeGreaterThan(0)
    expect(result.books.unexplained).toBe(0)
    expect(processesOf(uid).pids).toEqual([])
  })

  it('does not keep Ctrl-C from ending the run with what was measured', async () => {
    const tool = await churnWithoutRoom('--json')
    const newcomer = await untilStuck(tool)
    // Not to the whole group, as a terminal would: the newcomer itself would end of it.
    tool.signal('SIGINT')
    const { status, stdout } = await tool.ended
    expect(status).toBe(130)
    const result = churnResult.parse(JSON.parse(stdout))
    expect(result).toMatchObject({ stopped: 'interrupted', skipped: ['add'] })
    expect(result.books.replied).toBeGreaterThan(0)
    expect(isRunning(newcomer)).toBe(false)
    expect(processesOf(uid).pids).toEqual([])
  })

  it('ends with the tool when that is killed', async () => {
    const tool = await churnWithoutRoom()
    await untilStuck(tool)
    tool.signal('SIGKILL')
    expect(await tool.ended).toMatchObject({ signal: 'SIGKILL' })
    await noneOf(uid)
  })
})

describe('client threads for which there is no room', () => {
  it('are one sentence, and nothing stays behind', async () => {
    // Node itself has 7 threads, and up to 4 for files; a member has 4: the limit is met among the client's.
    const args = 'run -p 1 -f 200 -d 1s --workers 64 --no-save -q'.split(' ')
    const outcome = await runTool(args, { under: [...asPlainUser(), 'prlimit', '--nproc=40'], env: HOMELESS })
    expect(outcome).toMatchObject({ status: 1, stdout: '' })
    expect(outcome.stderr.split('\n').filter((line) => line.startsWith('rpbench:'))).toEqual([
      expect.stringMatching(
        /^rpbench: Client thread \d+ of 64 could not be started \(EAGAIN\); this user has \d+ of at most 40 processes and threads \(RLIMIT_NPROC\): raise it with ulimit -u, or lower --workers\.$/,
      ),
    ])
    expect(outcome.stderr).not.toContain(' at new ')
    await noneOf(uid)
  })
})

describe('members for which there is no room', () => {
  it.each(['processes', 'threads'])('are one sentence, as %s, and nothing stays behind', async (server) => {
    const args = ['run', '-p', '64', '-f', '200', '-d', '1s', '--server', server, '--no-save', '-q']
    const outcome = await runTool(args, { under: [...asPlainUser(), 'prlimit', '--nproc=40'], env: HOMELESS })
    expect(outcome).toMatchObject({ status: 1, stdout: '' })
    expect(outcome.stderr.split('\n').filter((line) => line.startsWith('rpbench:'))).toEqual([
      expect.stringMatching(
        /^rpbench: Member \d+ (\(process \d+\) )?(could not be started|was killed|stood still).+; this user has \d+ of at most 40 processes and threads \(RLIMIT_NPROC\): raise it with ulimit -u, or lower --procs\.$/,
      ),
    ])
    await noneOf(uid)
  })
})
