import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { Debugger, MAY_DEBUG, waitingForDatagrams } from '../debugger.js'
import { Freezer } from '../freezer.js'
import { without } from '../refused-calls.js'
import { quietPort } from '../system/experiment.js'
import { udpDropsOn } from '../system/kernel-counters.js'
import { frontsOf, isRunning, until, untilGone } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { Tool } from './tool.js'

const OPEN = ['run', '-p', '3', '-f', '300', '--rate', '3k', '--warmup', '0s', '--timeout', '200ms']

let directory: string
useTemporaryDirectory((path) => (directory = path))
let freezer: Freezer | undefined
let debugged: Debugger | undefined
afterEach(async () => {
  await debugged?.release()
  debugged = undefined
  await Tool.endAll()
  await freezer?.remove()
  freezer = undefined
})

describe('a member that stands still to the end', () => {
  it('makes the run end with 3, and is named before any figure', async () => {
    const tool = new Tool([...OPEN, '-d', '2s', '--no-save'])
    const [, pid] = await tool.untilTaken('measured', 3)
    process.kill(pid!, 'SIGSTOP')
    const { status, stdout, stderr } = await tool.ended
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' })
    const text = stdout.replaceAll(/\s+/g, ' ')
    expect(text).toMatch(
      /validity invalid .* Member \d \(process \d+\) stood still, stopped by a signal \(T\),/,
    )
    expect(text).toContain(`(process ${pid})`)
    expect(text.indexOf('stood still')).toBeLessThan(text.indexOf('member pid flows'))
    expect(text).toMatch(/ silent /)
    expect(text).not.toContain('network path')
    expect(isRunning(pid!)).toBe(false)
  })
})

describe('a member in a frozen cgroup', { skip: !Freezer.has('v1') }, () => {
  it('does not keep Ctrl-C from its result, which says how to end what is left behind', async () => {
    freezer = Freezer.make('v1')!
    const tool = new Tool([...OPEN, '-d', '10m', '--json', '-o', directory])
    const members = await tool.untilTaken('measured', 3)
    const pid = members[1]!
    freezer.freeze(pid)
    tool.ctrlC()
    const { status, stdout, stderr } = await tool.ended
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' })
    const result = runResult.parse(JSON.parse(stdout))
    expect(result).toMatchObject({ stopped: 'interrupted', leftBehind: [{ pid, state: 'frozen' }] })
    expect(result.books.taken).toBeGreaterThan(0)
    expect(result.books.unexplained).toBe(0)
    const json = (await readdir(directory)).find((name) => name.endsWith('.json'))!
    expect(await readFile(join(directory, json), 'utf8')).toBe(stdout)
    expect(members.filter((other) => isRunning(other))).toEqual([pid])
    freezer.thaw()
    await untilGone([pid])
  })
})

/** Drops of a second or two at a queue that nobody reads: by then it was seen that it stands still, also on a busy host. */
const ENOUGH = 2000

describe('a front that a debugger holds', { skip: !MAY_DEBUG }, () => {
  it('has its drops counted also where the kernel does not let its socket be copied', async () => {
    const port = quietPort()
    const flags = ['--dispatch', 'fan-out', '--receive-buffer', '20k', '--port', `${port}`, '-d', '10m']
    const tool = new Tool([...OPEN, ...flags, '--json', '--no-save'], { under: without('pidfd_getfd') })
    await tool.untilTaken('measured', 3)
    const [front] = frontsOf(tool.pid)
    debugged = Debugger.hold(front!)
    await until('it stood still for some time', () => udpDropsOn(port) > ENOUGH)
    tool.ctrlC()
    const { status, stdout, stderr } = await tool.ended
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' })
    const result = runResult.parse(JSON.parse(stdout))
    expect(result.silences).toMatchObject([{ pid: front, state: 'traced', cameBack: false }])
    const { droppedAtMembers, unexplained } = result.books
    expect(droppedAtMembers).toBeGreaterThan(100)
    expect(result.crossCheck).toMatchObject({ procNetUdpDrops: droppedAtMembers })
    expect(unexplained).toBe(0)
    expect(result.validity.findings.map(({ code }) => code)).not.toContain('proc-net-udp-drops')
  })
})

describe('one thread of several that a debugger holds', { skip: !MAY_DEBUG }, () => {
  it('is named, and does not keep the result from being printed, which says who has to let it go', async () => {
    const port = quietPort()
    const flags = ['--server', 'threads', '--receive-buffer', '20k', '--port', `${port}`, '-d', '10m']
    const tool = new Tool([...OPEN, ...flags, '--json', '--no-save'])
    const [held] = await until('members wait for datagrams', () => {
      const waiting = waitingForDatagrams(tool.pid)
      return waiting.length > 0 && waiting
    })
    debugged = Debugger.hold(held!)
    await debugged.untilHeld()
    await until('it stood still for some time', () => udpDropsOn(port) > ENOUGH)
    tool.ctrlC()
    await until('the result is printed', () => tool.written.stdout.endsWith('\n}\n'))
    const result = runResult.parse(JSON.parse(tool.written.stdout))
    expect(result.silences).toMatchObject([{ pid: tool.pid, state: 'traced', cameBack: false }])
    expect(result.leftBehind).toMatchObject([{ pid: tool.pid, state: 'traced' }])
    expect(result.validity.findings.find(({ code }) => code === 'left-behind')?.nextStep).toContain(
      'once the debugger lets it go',
    )
    await debugged.release()
    debugged = undefined
    expect(await tool.ended).toMatchObject({ status: 130 })
  })
})
