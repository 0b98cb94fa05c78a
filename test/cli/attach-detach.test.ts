import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { haveFilters } from '../../src/observer/accepted.js'
import { withSocket } from '../../src/observer/descriptors.js'
import { filterOf } from '../../src/observer/filters.js'
import { attachResult } from '../../src/result/attach-result.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'
import { without } from '../refused-calls.js'
import { ForeignGroup, hasPython } from '../system/foreign-group.js'
import { until } from '../system/process-table.js'
import { Connection } from '../system/tcp-client.js'
import { runTool, Tool } from './tool.js'

let group: ForeignGroup | undefined
beforeEach(() => {
  group = undefined
})
afterEach(async () => {
  await Tool.endAll()
  await group?.end()
})

const attach = (...flags: string[]): string[] => [
  'attach',
  '--port',
  String(group!.port),
  '--no-save',
  ...flags,
]

/** How many of the group's sockets have a filter. */
const filtered = (): number =>
  group!
    .sockets()
    .map((socket) => withSocket(socket, filterOf))
    .filter((had) => had && 'used' in had && had.used !== undefined).length

describe('what rpbench attach leaves', { skip: !mayLoadEbpf() || !hasPython }, () => {
  it.each([
    ['SIGINT', 0],
    ['SIGINT', 4],
    ['SIGTERM', 0],
    ['SIGHUP', 1],
  ] as const)('is nothing after %s, %i intervals on', async (signal, intervals) => {
    group = await ForeignGroup.start('udp', 3)
    const tool = new Tool(attach('-d', '60s', '--interval', '100ms', '--json-lines'))
    await until('the first socket has its filter', () => filtered() > 0)
    await until('so many have ended', () => tool.written.stdout.split('\n').length > intervals)
    tool.signal(signal)
    const { status, stdout } = await tool.ended
    expect(status).toBe(130)
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ stopped: 'interrupted' })
    expect(filtered()).toBe(0)
  })

  it('is named after a SIGKILL, and taken off by --detach', async () => {
    group = await ForeignGroup.start('tcp', 2)
    const tool = new Tool(attach('-d', '60s'))
    await until('it counts', () => filtered() === 2)
    const connection = await Connection.open(group.port)
    const { pids, port } = group
    const listening = new Set(group.sockets().map(({ inode }) => inode))
    await until('it was accepted', () => haveFilters(port, pids, listening))
    tool.signal('SIGKILL')
    await tool.ended
    const seen = await runTool(attach('-d', '100ms', '--json'))
    const { levels } = attachResult.parse(JSON.parse(seen.stdout))
    expect(levels.inForce).toBe('look')
    expect(levels.refusals[0]).toMatchObject({
      level: 'count',
      why: expect.stringContaining(`process ${tool.pid}, was killed and left its filter`) as string,
      command: `rpbench attach --port ${port} --tcp --detach`,
    })
    const said = await runTool(['attach', '--port', String(port), '--detach'])
    expect(said).toMatchObject({
      status: 0,
      stderr: '',
      stdout: `Took the filter that a killed rpbench left off 2 sockets on port ${port} of TCP and 1 connection they accepted.\n`,
    })
    expect(filtered()).toBe(0)
    expect(haveFilters(port, pids, listening)).toBe(false)
    const again = await runTool(['attach', '--port', String(port), '--detach', '--tcp'])
    expect(again).toMatchObject({
      status: 0,
      stdout: `No filter that a killed rpbench left is on port ${port} of TCP.\n`,
    })
    connection.reset()
  })
})

it('takes no --json beside --detach', async () => {
  const { status, stderr } = await runTool(['attach', '--detach', '--port', '53', '--json'])
  expect(status).toBe(2)
  expect(stderr).toContain('leave --json and --json-lines out')
})

it('blames no addon that it may not look for', { skip: !hasPython }, async () => {
  const words = ['attach', '--port', '9', '--no-save']
  const { status, stderr } = await runTool(words, { under: without('getdents64') })
  expect(status).toBe(1)
  expect(stderr).toMatch(
    /^rpbench: The folder of the compiled addon cannot be read \(EPERM\): let this process list /,
  )
})
