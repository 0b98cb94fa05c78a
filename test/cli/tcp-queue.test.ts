import { afterEach, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { inNamespace, mayHaveNamespace } from './namespace.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

it.skipIf(!mayHaveNamespace())(
  'an accept queue that overflows is counted as the kernel counts it, and explains what was lost',
  async () => {
    const { stdout, stderr } = await runTool(
      // More flows in flight than wait at a member, which works for each.
      ['run', '--protocol', 'tcp', '-p', '1', '-f', '100', '--in-flight', '100', '--backlog', '1'].concat(
        ['--requests-per-connection', '1', '--service-time', '4ms', '--service-kind', 'sleep'],
        ['-d', '500ms', '--warmup', '0s', '--json', '-o', directory],
      ),
      { under: inNamespace() },
    )
    expect(stderr).toBe('')
    const { members, books, crossCheck, connections } = runResult.parse(JSON.parse(stdout))
    const { acceptQueueMost, acceptQueueLimit, overflows, accepted, leftInQueue } = members[0]!.connections!
    // The kernel takes one more than the backlog.
    expect({ acceptQueueMost, acceptQueueLimit }).toEqual({ acceptQueueMost: 2, acceptQueueLimit: 1 })
    expect(overflows).toBeGreaterThan(0)
    expect(crossCheck).toMatchObject({ listenDrops: overflows, listenOverflows: overflows })
    // All that no member came to accept, and what was accepted and given up before its request was there.
    expect(books.droppedAtMembers).toBeGreaterThanOrEqual(connections!.established - accepted - leftInQueue)
    expect(books.droppedAtMembers).toBeLessThanOrEqual(overflows)
    expect(books.unexplained).toBe(0)
  },
)
