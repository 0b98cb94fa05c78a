import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { TRAIT_IDS } from '../../src/advice/traits/table.js'
import { runResult } from '../../src/result/run-result.js'
import { without } from '../refused-calls.js'
import { runTool, Tool } from './tool.js'

const SHORT = ['run', '-p', '2', '-f', '100', '-d', '100ms', '--warmup', '50ms', '--no-save']

afterEach(() => Tool.endAll())

describe('where the kernel refuses io_uring', () => {
  it.for(['io_uring', 'io_uring_enter'])(
    'a run goes over epoll, and says so in a note: %s',
    async (call, { skip }) => {
      const [file, ...args] = [...without(call), process.execPath, '--eval', '0']
      skip(spawnSync(file, args).status !== 0, 'Node.js 22 and later does not start without this call')
      const { status, stdout } = await runTool([...SHORT, '--json'], { under: without(call) })
      expect(status).toBe(0)
      const result = runResult.parse(JSON.parse(stdout))
      expect(result.client?.engine).toBe('epoll')
      expect(result.host.traits).toContainEqual({
        id: 'io-uring',
        status: 'warn',
        observed: 'it is forbidden here, as the seccomp profiles of many containers do',
      })
      const open = result.host.traits?.find(({ id }) => id === 'open-files')
      expect(open?.observed).toMatch(/ at most: room for some [\d,]+ flows? at a time$/)
      expect(result.host.traits?.map(({ id }) => id)).toEqual(
        TRAIT_IDS.filter((id) => result.host.traits?.some((trait) => trait.id === id)),
      )
      expect(result.books).toMatchObject({ unexplained: 0, lost: 0 })
      expect(result.validity.findings).toContainEqual(
        expect.objectContaining({ code: 'engine-fallback', severity: 'note' }),
      )
    },
  )

  it('a run that asks for it ends with one sentence and nothing done', async () => {
    const outcome = await runTool([...SHORT, '--engine', 'io_uring'], { under: without('io_uring') })
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(/^rpbench: --engine io_uring cannot be had: .*; leave --engine out .*\n$/)
  })
})

it('a run says which engine it used, and what a round trip cost', async () => {
  const { stdout } = await runTool([...SHORT, '--engine', 'epoll'])
  expect(stdout).toMatch(/rate +[\d,]+ round trips\/s/)
  expect(stdout).toMatch(/client \(epoll\) [\d.]+ (µs|ms)/)
})

it('a run that cannot hear of sockets that close, since netlink is refused, says so in a note', async () => {
  const { status, stdout } = await runTool([...SHORT, '--json'], { under: without('netlink') })
  expect(status).toBe(0)
  expect(runResult.parse(JSON.parse(stdout)).validity.findings).toContainEqual(
    expect.objectContaining({ code: 'closings-unheard', severity: 'note' }),
  )
})
