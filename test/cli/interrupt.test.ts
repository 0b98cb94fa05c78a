import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { quietPort } from '../system/experiment.js'
import { udpSocketsOn } from '../system/kernel-counters.js'
import { isRunning, until, untilGone } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { Tool } from './tool.js'

const longRun = (members = 2): string[] => ['run', '-p', `${members}`, '-f', '200', '-d', '10m']

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

describe('Ctrl-C', () => {
  it('in the middle of a run keeps and prints what was measured, and leaves no child', async () => {
    const port = quietPort()
    const tool = new Tool([...longRun(), '--warmup', '0s', '--port', String(port), '--json', '-o', directory])
    const members = await tool.untilTaken('measured', 2)
    tool.ctrlC()
    const outcome = await tool.ended
    expect(outcome).toMatchObject({ status: 130, stderr: '' })
    const result = runResult.parse(JSON.parse(outcome.stdout))
    expect(result.stopped).toBe('interrupted')
    expect(result.books.taken).toBeGreaterThan(0)
    const json = (await readdir(directory)).find((name) => name.endsWith('.json'))!
    expect(await readFile(join(directory, json), 'utf8')).toBe(outcome.stdout)
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
    expect(udpSocketsOn(port)).toBe(0)
  })

  it('prints the report of what was measured for people, too', async () => {
    const tool = new Tool([...longRun(), '--warmup', '0s', '--no-save'])
    await tool.untilTaken('measured', 2)
    tool.ctrlC()
    const outcome = await tool.ended
    expect(outcome).toMatchObject({ status: 130, stderr: '' })
    expect(outcome.stdout).toContain('interrupted')
    expect(outcome.stdout).toContain('round trips/s')
  })

  it('during the warm-up ends with a result that has no figures', async () => {
    const tool = new Tool([...longRun(), '--warmup', '10m', '--json', '--no-save'])
    const members = await tool.untilTaken('warm-up', 2)
    tool.ctrlC()
    const outcome = await tool.ended
    expect(outcome).toMatchObject({ status: 130, stderr: '' })
    expect(runResult.parse(JSON.parse(outcome.stdout))).toMatchObject({
      stopped: 'interrupted',
      books: { sent: 0, taken: 0 },
    })
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
  })

  it('while the group starts ends it, leaving no file and no process', async () => {
    // Members that never come up: the first one is stopped before it can, so the group stays at its start.
    const tool = new Tool(['run', '-p', '24', '-f', '200', '-d', '10m', '-o', directory])
    const [first] = await tool.untilMembers(1)
    process.kill(first!, 'SIGSTOP')
    tool.ctrlC()
    expect(await tool.ended).toEqual({
      status: 130,
      signal: null,
      stdout: '',
      stderr: 'rpbench: Interrupted before anything was measured.\n',
    })
    expect(await readdir(directory)).toEqual([])
    expect(isRunning(first!)).toBe(false)
  })

  it('a second time ends at once and leaves no empty files', async () => {
    const tool = new Tool([...longRun(), '-o', directory])
    const members = await tool.untilTaken('warm-up', 2)
    // Members that stand still keep the first one from coming to its end.
    for (const pid of members) process.kill(pid, 'SIGSTOP')
    const outcome = await tool.ctrlCUntilEnded()
    expect(outcome).toMatchObject({ status: 130, stdout: '' })
    expect(await readdir(directory)).toEqual([])
    await untilGone(members)
  })
})

describe.each(['SIGTERM', 'SIGHUP'] as const)('%s', (signal) => {
  it('stops a run as Ctrl-C does', async () => {
    const tool = new Tool([...longRun(), '--no-save', '--json'])
    const members = await tool.untilTaken('measured', 2)
    tool.signal(signal)
    const outcome = await tool.ended
    expect(outcome.status).toBe(130)
    expect(runResult.parse(JSON.parse(outcome.stdout)).stopped).toBe('interrupted')
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
  })
})

describe('kill -9 of the tool', () => {
  it('ends the members as well, frees the port, and leaves no file', async () => {
    const port = quietPort()
    const tool = new Tool([...longRun(4), '--port', String(port), '-o', directory])
    const members = await tool.untilTaken('measured', 4)
    expect(udpSocketsOn(port)).toBe(4)
    tool.signal('SIGKILL')
    expect(await tool.ended).toMatchObject({ signal: 'SIGKILL' })
    await untilGone(members)
    // A ring of the killed client may hold what it sends from and to for a moment longer.
    await until('the port is free', () => udpSocketsOn(port) === 0)
    expect(await readdir(directory)).toEqual([])
  })

  it('while the group starts leaves none behind either', async () => {
    const tool = new Tool(['run', '-p', '16', '-f', '100', '-d', '10m', '--no-save'])
    const members = await tool.untilMembers(3)
    tool.signal('SIGKILL')
    expect(await tool.ended).toMatchObject({ signal: 'SIGKILL' })
    await untilGone(members)
  })
})
