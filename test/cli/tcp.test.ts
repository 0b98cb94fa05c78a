import { afterEach, describe, expect, it } from 'vitest'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

// A host that is busy may let a member wait for seconds.
const SHORT = ['run', '--protocol', 'tcp', '-p', '2', '--warmup', '50ms', '--timeout', '30s']

/** @param options as they would be typed */
async function measured(options: string): Promise<RunResult> {
  const outcome = await runTool([...SHORT, ...options.split(' '), '--json', '--no-save'], { cwd: directory })
  expect(outcome.stderr).toBe('')
  return runResult.parse(JSON.parse(outcome.stdout))
}

describe('rpbench run --protocol tcp', () => {
  it('has a connection a flow, which every side counts alike', async () => {
    const { connections, books, crossCheck, balance, latency, affinity } =
      await measured('-f 300 --requests 5')
    expect(connections).toMatchObject({ opened: 300, established: 300, accepted: 300, closed: 300, cut: 0 })
    expect(books).toMatchObject({ sent: 1500, taken: 1500, replied: 1500, unexplained: 0 })
    expect(balance).toMatchObject({ flows: 300, members: 2 })
    expect(affinity).toMatchObject({ flows: 300, moved: 0, unanswered: 0 })
    expect(latency?.connect?.count).toBe(300)
    expect(latency?.service.count).toBe(1500)
    // By the kernel, which counts what others open too.
    expect(crossCheck?.tcp?.activeOpens).toBeGreaterThanOrEqual(300)
    expect(crossCheck?.tcp?.passiveOpens).toBeGreaterThanOrEqual(300)
    expect(crossCheck?.tcp?.estabResets).toBeGreaterThanOrEqual(300)
  })

  it('connects anew after so many requests, to the same member', async () => {
    const { connections, books, latency, affinity, members } = await measured(
      '-f 100 --in-flight 10 --requests 6 --requests-per-connection 2',
    )
    expect(connections).toMatchObject({ opened: 300, established: 300, accepted: 300, closed: 300 })
    expect(books).toMatchObject({ sent: 600, replied: 600, unexplained: 0 })
    expect(affinity).toMatchObject({ moved: 0 })
    expect(latency?.connect?.count).toBe(300)
    const connects = members.map((member) => member.latency?.connect?.count ?? 0)
    expect(connects).toEqual(members.map(({ flows }) => 3 * flows))
  })

  it('keeps a schedule of requests, with the time to connect in their response time', async () => {
    const { connections, books, latency, schedule } = await measured(
      '-f 100 --rate 2k -d 300ms --requests-per-connection 1',
    )
    expect(books.sent).toBe(600)
    expect(books).toMatchObject({ replied: 600, unexplained: 0 })
    expect(connections).toMatchObject({ established: 600, accepted: 600 })
    expect(schedule).toBeDefined()
    expect(latency!.response!.meanNs).toBeGreaterThan(latency!.service.meanNs + latency!.connect!.meanNs)
  })

  it('prints connections and the time that they took, and holds limits against both', async () => {
    const outcome = await runTool(
      [
        ...SHORT,
        ...`-f 100 -d 200ms --requests-per-connection 1 -o ${directory}`.split(' '),
        ...'--threshold latency.connect.p50<1s --threshold connections.failedShare<50%'.split(' '),
      ],
      { cwd: directory },
    )
    expect(outcome.stdout).toMatch(/^ connect +p50 /m)
    expect(outcome.stdout).toMatch(
      /^ conns +[\d,]+ opened = [\d,]+ established = [\d,]+ accepted · [\d,]+\/s$/m,
    )
    expect(outcome.stdout).toMatch(/pass +latency\.connect\.p50 < 1 s/)
    const page = await runTool(['report', directory, '--format', 'html'], { cwd: directory })
    expect(page.stdout).toContain('time to connect')
  })

  it.each([
    [['--requests-per-connection', '3', '--requests', '4'], /is not a multiple of/],
    [['--engine', 'io_uring'], /moves datagrams/],
  ])('refuses %j', async (options, sentence) => {
    const outcome = await runTool([...SHORT, ...options], { cwd: directory })
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(sentence)
  })
})
