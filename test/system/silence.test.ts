import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import type { Progress } from '../../src/experiment/progress.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import type { RunResult } from '../../src/result/run-result.js'
import { Debugger, MAY_DEBUG } from '../debugger.js'
import { Freezer } from '../freezer.js'
import { measure, quietPort } from './experiment.js'
import { udpDropsOn } from './kernel-counters.js'
import { frontsOf, isRunning, membersOf, refuseLeftovers, untilGone } from './process-table.js'

/** An open loop that lasts until it is ended, and fills a queue that nobody reads in half a second, but none that has to wait for a CPU. */
const LOAD: RunRequest = {
  procs: 3,
  flows: 300,
  rateHz: 3000,
  warmupNs: 0,
  durationNs: 600e9,
  timeoutNs: 200e6,
  receiveBufferBytes: 200_000,
}

/** What a run does next, whenever it says where it is: the first of these that returns true is done. */
type Steps = readonly ((progress: Progress) => boolean)[]

/** Runs until all steps were done, and then ends the run as Ctrl-C does. */
async function runThrough(request: RunRequest, steps: Steps): Promise<RunResult> {
  const controller = new AbortController()
  const left = [...steps]
  const { result } = await measure(request, {
    signal: controller.signal,
    onProgress: (progress) => {
      if (progress.phase !== 'measuring') return
      if (left[0]?.(progress)) left.shift()
      if (left.length === 0) controller.abort()
    },
  })
  return result
}

/** Holds a member once it has answered something, and looks at who is said to be silent. */
const holding =
  (hold: (pid: number) => void, index = 1) =>
  ({ figures }: Progress): boolean => {
    if (figures.replied < 100) return false
    hold(membersOf(process.pid)[index]!)
    return true
  }
const isSilent =
  (...who: Progress['silent']) =>
  ({ silent }: Progress): boolean =>
    silent.join(' ') === who.join(' ')

const finding = ({ validity }: RunResult, code: string): RunResult['validity']['findings'][number] =>
  validity.findings.find((f) => f.code === code)!

/** Two of the kernel's own counts, as they are if the books are right. */
const kernelsDrops = ({ books: { droppedAtMembers } }: RunResult) => ({
  procNetUdpDrops: droppedAtMembers,
  meminfoDrops: droppedAtMembers,
})

let freezer: Freezer | undefined
let debugged: Debugger | undefined
afterEach(async () => {
  await debugged?.release()
  debugged = undefined
  await freezer?.remove()
  freezer = undefined
  refuseLeftovers(process.pid)
})

describe('a member that is made to stand still', () => {
  it('by SIGSTOP is named, and its socket is accounted for as the kernel has it', async () => {
    const port = quietPort()
    let dropped = 0
    const result = await runThrough({ ...LOAD, port }, [
      holding((pid) => process.kill(pid, 'SIGSTOP')),
      isSilent(1),
      () => (dropped = udpDropsOn(port)) > 100,
    ])
    const member = result.members[1]!
    expect(result.silences).toEqual([
      expect.objectContaining({
        member: 1,
        generation: 0,
        pid: member.pid,
        state: 'stopped',
        cameBack: false,
      }),
    ])
    expect(result.silences![0]!.flowShare).toBeGreaterThan(0.15)
    expect(result.silences![0]!.flowShare).toBeLessThan(0.55)
    expect(finding(result, 'member-silent')).toMatchObject({ severity: 'invalid' })
    expect(finding(result, 'member-silent').message).toContain(`Member 1 (process ${member.pid}) stood still`)
    expect(member.drops).toBeGreaterThanOrEqual(dropped)
    expect(result.crossCheck).toMatchObject(kernelsDrops(result))
    expect(result.books).toMatchObject({ unexplained: 0, droppedAtMembers: member.drops })
    expect(result.books.leftAtMembers, 'what it had in its queue').toBeGreaterThan(0)
    const codes = result.validity.findings.map(({ code }) => code)
    expect(codes, 'no larger buffer would have helped').not.toContain('member-drops')
    expect(codes).not.toContain('proc-net-udp-drops')
  })

  it('and goes on is named with the time, and while it happens only then', async () => {
    let pid = 0
    const result = await runThrough(LOAD, [
      holding((held) => process.kill((pid = held), 'SIGSTOP')),
      isSilent(1),
      () => process.kill(pid, 'SIGCONT'),
      isSilent(),
    ])
    expect(result.silences).toMatchObject([{ member: 1, pid, state: 'stopped', cameBack: true }])
    expect(finding(result, 'member-stood-still').message).toMatch(
      new RegExp(
        `^Member 1 \\(process ${pid}\\) stood still for [\\d.,]+ m?s, stopped by a signal \\(T\\), and went on`,
      ),
    )
    expect(finding(result, 'member-silent')).toBeUndefined()
    expect(result.books.unexplained).toBe(0)
  })

  it('by a debugger is named, and its socket is accounted for', { skip: !MAY_DEBUG }, async () => {
    const port = quietPort()
    const result = await runThrough({ ...LOAD, port }, [
      holding((pid) => (debugged = Debugger.hold(pid))),
      isSilent(1),
      () => udpDropsOn(port) > 100,
    ])
    const { pid, drops } = result.members[1]!
    expect(result.silences).toMatchObject([{ member: 1, pid, state: 'traced', cameBack: false }])
    expect(finding(result, 'member-silent').nextStep).toMatch(/^Detach the debugger, /)
    expect(result.crossCheck).toMatchObject(kernelsDrops(result))
    expect(drops).toBeGreaterThan(100)
    expect(result.books.unexplained).toBe(0)
  })

  it('behind a front is named, with what was handed on to it', async () => {
    const result = await runThrough({ ...LOAD, dispatch: 'fan-out' }, [
      holding((pid) => process.kill(pid, 'SIGSTOP')),
      isSilent(1),
    ])
    expect(result.silences).toMatchObject([{ member: 1, state: 'stopped', cameBack: false }])
    expect(result.books.unexplained).toBe(0)
  })

  it('at a socket that all share is named, though others take what comes', async () => {
    const result = await runThrough({ ...LOAD, dispatch: 'shared' }, [
      holding((pid) => process.kill(pid, 'SIGSTOP')),
      isSilent(1),
    ])
    expect(result.silences).toMatchObject([{ member: 1, state: 'stopped', cameBack: false }])
    expect(result.validity.verdict).toBe('invalid')
    expect(result.books.unexplained).toBe(0)
  })
})

describe('a front that stands still', () => {
  it('is named', async () => {
    const port = quietPort()
    const result = await runThrough({ ...LOAD, port, dispatch: 'fan-out' }, [
      holding(() => process.kill(frontsOf(process.pid)[0]!, 'SIGSTOP')),
      isSilent('front'),
      () => udpDropsOn(port) > 100,
    ])
    expect(finding(result, 'member-drops'), 'no larger buffer would have helped').toBeUndefined()
    expect(result.silences).toEqual([
      expect.objectContaining({ pid: result.front!.pid, state: 'stopped', cameBack: false }),
    ])
    expect(result.silences![0]).not.toHaveProperty('member')
    expect(finding(result, 'member-silent').message).toContain(`The front (process ${result.front!.pid})`)
    expect(result.books.unexplained).toBe(0)
  })
})

describe.each(['v1', 'v2'] as const)('a member in a frozen cgroup (%s)', (version) => {
  const skip = !Freezer.has(version)

  it('is named, what its socket has is counted for it, and the run ends', { skip }, async () => {
    freezer = Freezer.make(version)!
    const port = quietPort()
    const result = await runThrough({ ...LOAD, port }, [
      holding((pid) => freezer!.freeze(pid)),
      isSilent(1),
      () => udpDropsOn(port) > 100,
    ])
    const { pid, drops } = result.members[1]!
    expect(result.silences).toMatchObject([{ member: 1, pid, state: 'frozen', cameBack: false }])
    expect(result.crossCheck).toMatchObject(kernelsDrops(result))
    expect(drops).toBeGreaterThan(100)
    expect(result.books.unexplained).toBe(0)
    expect(result.books.closedWithSocket, 'in its hands, a batch at most').toBeLessThanOrEqual(64)
    expect(result.books.leftAtMembers).toBeGreaterThan(0)
    // No signal acts on one that is frozen by version 1; SIGKILL does with version 2.
    const stays = version === 'v1'
    const left = result.leftBehind ?? []
    expect(left.map(({ member, state }) => `member ${member} ${state}`)).toEqual(
      stays ? ['member 1 frozen'] : [],
    )
    expect(left.map((process) => process.pid)).toEqual(stays ? [pid] : [])
    expect(isRunning(pid)).toBe(stays)
    const advice = finding(result, 'left-behind')?.nextStep ?? ''
    expect(advice.includes(`Process ${pid} ends by itself once it is thawed: echo THAWED > `)).toBe(stays)
    for (const { thaw } of left) execFileSync('sh', ['-c', thaw!])
    await untilGone([pid])
  })

  it('for a time goes on', { skip }, async () => {
    freezer = Freezer.make(version)!
    const result = await runThrough(LOAD, [
      holding((pid) => freezer!.freeze(pid)),
      isSilent(1),
      () => {
        freezer!.thaw()
        return true
      },
      isSilent(),
    ])
    expect(result.silences).toMatchObject([{ member: 1, state: 'frozen', cameBack: true }])
    expect(result.leftBehind).toBeUndefined()
    expect(result.books.unexplained).toBe(0)
  })
})
