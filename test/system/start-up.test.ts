import { randomBytes } from 'node:crypto'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import dgram from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import { OwnGroup } from '../../src/group/own-group.js'
import { launcherPath } from '../../src/native.js'
import { Freezer } from '../freezer.js'
import { groupOptions } from './group-options.js'
import { childrenOf, commandOf, isRunning, refuseLeftovers, until, untilGone } from './process-table.js'
import { request } from './request.js'

const NEWCOMER = { member: 2, generation: 0 }
const NEVER = new AbortController().signal

let group: OwnGroup | undefined
afterEach(async () => {
  await group?.stop()
  refuseLeftovers(process.pid)
})

/**
 * Starts a group, and a newcomer that cannot have come up yet: the call returns when its process was made, and does not
 * wait for what that does.
 */
async function joining(
  signal = NEVER,
): Promise<{ joined: Promise<unknown>; pid: number; deaths: unknown[] }> {
  group = await OwnGroup.start(groupOptions({ joiners: 2 }))
  const deaths: unknown[] = []
  group.onDeath((...death) => deaths.push(death))
  const joined = group.join(NEWCOMER, signal)
  joined.catch(() => {})
  return { joined, pid: group.hosts.at(-1)!.pid, deaths }
}

/** Whether the group still answers. */
async function answers({ port, options }: OwnGroup): Promise<boolean> {
  const client = dgram.createSocket('udp4')
  try {
    client.bind(0, '127.0.0.1')
    await once(client, 'listening')
    const answer = once(client, 'message')
    client.send(request(options.runId!, client), port, '127.0.0.1')
    await answer
    return true
  } finally {
    client.close()
  }
}

describe('a newcomer', () => {
  it('that is killed while it starts is named with what ended it, and the group stays as it was', async () => {
    const { joined, pid, deaths } = await joining()
    process.kill(pid, 'SIGKILL')
    await expect(joined).rejects.toMatchObject({
      code: 'RPB_MEMBER',
      message: `Member 2 (process ${pid}) was killed by SIGKILL while starting.`,
    })
    expect(group!.wounded, 'it was no member yet').toBe(false)
    expect(deaths).toEqual([])
    expect(await answers(group!)).toBe(true)
    await expect(group!.join(NEWCOMER, NEVER), 'another may come').resolves.toMatchObject({ life: 3 })
  })

  it('that stands still while it starts is given up, named, and ended', async () => {
    const { joined, pid } = await joining()
    process.kill(pid, 'SIGSTOP')
    await expect(joined).rejects.toMatchObject({
      code: 'RPB_MEMBER',
      message: expect.stringMatching(
        `^Member 2 \\(process ${pid}\\) was stopped while starting \\(SIGSTOP, or a debugger\\), and for 5 s`,
      ),
    })
    expect(isRunning(pid)).toBe(false)
    expect(await answers(group!)).toBe(true)
  })

  it('that cannot even be ended, its control group being frozen, keeps nobody waiting', async ({ skip }) => {
    const freezer = Freezer.make('v1') ?? Freezer.make('v2')
    skip(freezer === undefined, 'no control group with a freezer may be made here')
    const { joined, pid } = await joining()
    try {
      freezer!.freeze(pid)
      await expect(joined).rejects.toMatchObject({
        message: expect.stringMatching(`^Member 2 \\(process ${pid}\\) stood still while starting: for 5 s`),
      })
      await group!.stop()
    } finally {
      await freezer!.remove()
    }
    await untilGone([pid])
  })

  it('that stands still keeps nobody from ending the run, and is ended with it', async () => {
    const controller = new AbortController()
    const { joined, pid } = await joining(controller.signal)
    process.kill(pid, 'SIGSTOP')
    controller.abort()
    await expect(joined).rejects.toMatchObject({ code: 'RPB_INTERRUPTED' })
    expect(isRunning(pid)).toBe(false)
  })
})

describe('a server is tied to its parent before it is Node', () => {
  it('so that it ends with it, whatever it is at', async () => {
    const marker = `60${randomBytes(4).readUInt32LE()}`
    const script = `"${launcherPath()}" $$ /bin/sleep ${marker} & wait`
    const parent = spawn('sh', ['-c', script], { stdio: 'ignore' })
    const [child] = await until('it has begun', () => {
      const children = childrenOf(parent.pid!)
      return children.length === 1 && children
    })
    // Its command line is that of what it became: nothing of ours runs in it any more.
    await until('it is the other program', () => commandOf(child!) === 'sleep')
    expect(isRunning(child!)).toBe(true)
    process.kill(parent.pid!, 'SIGKILL')
    await untilGone([child!])
  })

  it('and does not begin at all without it', () => {
    const { status, stdout } = spawnSync(launcherPath(), ['1', '/bin/echo', 'begun'], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  })

  it('and says what it could not become', () => {
    const args = [String(process.pid), '/nowhere/node']
    const { status, stderr } = spawnSync(launcherPath(), args, { encoding: 'utf8' })
    expect(status).toBe(127)
    expect(stderr).toBe('Error: /nowhere/node failed (No such file or directory)\n')
  })
})
