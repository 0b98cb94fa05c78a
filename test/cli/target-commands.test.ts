import { afterEach, describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import type { CommandResult } from '../../src/result/command.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'
import { ForeignGroup, hasPython } from '../system/foreign-group.js'
import { childrenOf, commandOf, isRunning, until } from '../system/process-table.js'
import { runTool, Tool } from './tool.js'

let server: ForeignGroup | undefined
afterEach(async () => {
  await Tool.endAll()
  await server?.end()
  server = undefined
})

const OPTIONS = '-f 90 -r 900 -d 2s --warmup 100ms --timeout 500ms --no-save'.split(' ')
const asking = ({ port }: ForeignGroup, ...commands: string[]): string[] => [
  'run',
  '--target',
  `127.0.0.1:${port}`,
  ...OPTIONS,
  ...commands.flatMap((command) => ['--on', command]),
]

/** Processes that read sockets on one side of a command. */
const pidsOf = ({ readers = [] }: CommandResult, side: 'before' | 'after'): number[] =>
  readers
    .flatMap((one) => one[side] ?? [])
    .map(({ pid }) => pid)
    .toSorted((a, b) => a - b)

describe('rpbench run --on', { skip: !hasPython }, () => {
  it.skipIf(!mayLoadEbpf())('tells what a command moved and cost, and which sockets it left', async () => {
    server = await ForeignGroup.start('udp', 3, { echo: true })
    const [, second] = server.pids
    const words = asking(server, `700ms:kill -KILL ${second}`, '1400ms:echo never mind; exit 3')
    const { status, stdout } = await runTool([...words, '--json'])
    const { commands, targetSockets, affinity } = runResult.parse(JSON.parse(stdout))
    expect([0, 3]).toContain(status)
    const closed = targetSockets!.find(({ atEnd }) => !atEnd)!
    expect(targetSockets).toHaveLength(3)
    expect(commands).toMatchObject([
      { exitStatus: 0, sockets: { kept: 2, closed: 1, opened: 0 } },
      { exitStatus: 3, output: 'never mind\n', sockets: { kept: 2, closed: 0, opened: 0 }, lost: 0 },
    ])
    // All flows were asked on each side, and those of the dead member had to go elsewhere.
    const [killed, nothing] = commands!
    expect(killed!.flows).toMatchObject({ seen: 90, moved: affinity.moved })
    expect(killed!.flows!.moved).toBeGreaterThanOrEqual(closed.flows!)
    expect(nothing!.flows).toEqual({ seen: 90, moved: 0 })
    // Each process of the group reads a socket of its own, and the one that was killed reads none any more.
    const pids = server.pids.toSorted((a, b) => a - b)
    const rest = pids.filter((pid) => pid !== second)
    expect([pidsOf(killed!, 'before'), pidsOf(killed!, 'after')]).toEqual([pids, rest])
    expect([pidsOf(nothing!, 'before'), pidsOf(nothing!, 'after')]).toEqual([rest, rest])
  })

  it('says in its report which command failed, and leaves none behind when it is stopped', async () => {
    server = await ForeignGroup.start('udp', 1, { echo: true })
    const tool = new Tool(asking(server, '100ms:false', '200ms:exec sleep 987'))
    const asleep = (): number[] => childrenOf(tool.pid).filter((pid) => commandOf(pid) === 'sleep')
    const pids = await until('the second command runs', () => {
      const found = asleep()
      return found.length > 0 ? found : undefined
    })
    tool.signal('SIGINT')
    const { status, stdout } = await tool.ended
    expect(status).toBe(130)
    const text = stdout.replaceAll(/\s+/g, ' ')
    expect(text).toMatch(/ on 1\d\d ms false · failed, exit status 1/)
    expect(text).toMatch(/2\d\d ms exec sleep 987 · had not ended with the run, and was ended/)
    expect(pids.filter(isRunning)).toEqual([])
  })
})
