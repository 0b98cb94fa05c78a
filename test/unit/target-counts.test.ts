import { describe, expect, it } from 'vitest'
import { sourceName, targetCounts } from '../../src/analysis/watched/target-counts.js'
import type { SeenSocket } from '../../src/recording/group-recording.js'
import type { Counts, FlowCount } from '../../src/recording/observation.js'

const socket = (inode: number, change: Partial<SeenSocket> = {}): SeenSocket => ({
  inode,
  owner: 'process 7 (server)',
  drops: 0,
  atBegin: true,
  atEnd: true,
  ...change,
})

const SOCKETS = [socket(10), socket(20)]
const OURS = new Set([1001, 1002, 1003].map((port) => sourceName('127.0.0.1', port)))

const flow = (
  cookie: number,
  sourcePort: number,
  packets: number,
  sourceAddress = '127.0.0.1',
): FlowCount => ({
  cookie,
  sourceAddress,
  sourcePort,
  packets,
})

const counts = (flows: FlowCount[], unlisted = 0): Counts => ({
  flows,
  sockets: [
    { cookie: 1, inode: 10, packets: 0 },
    { cookie: 2, inode: 20, packets: 0 },
  ],
  unlisted,
})

describe('what was counted at the sockets of a server that is not ours', () => {
  it('is told of our flows alone, in the order of the sockets', () => {
    const found = targetCounts(
      SOCKETS,
      counts([
        flow(1, 1001, 5),
        flow(2, 1002, 7),
        flow(2, 1003, 1),
        // Somebody else's, and one at a socket that is none of these.
        flow(1, 1001, 100, '10.0.0.1'),
        flow(1, 4711, 100),
        flow(3, 1001, 100),
      ]),
      OURS,
      1,
    )
    expect(found).toMatchObject({ flows: [1, 2], packets: [5, 8], moved: 0 })
    expect(found.balance).toMatchObject({ basis: 'counted', flowsPerMember: [1, 2] })
  })

  it('has no balance where flows moved, or where sockets came or went', () => {
    const moved = targetCounts(SOCKETS, counts([flow(1, 1001, 5), flow(2, 1001, 5)]), OURS, 1)
    expect(moved).toEqual({ flows: [1, 1], packets: [5, 5], moved: 1 })
    for (const change of [{ atBegin: false }, { atEnd: false }])
      expect(
        targetCounts([socket(10), socket(20, change)], counts([flow(1, 1001, 5)]), OURS, 1),
      ).not.toHaveProperty('balance')
  })

  it('does not say that none moved where not all are listed', () => {
    expect(targetCounts(SOCKETS, counts([flow(1, 1001, 5)], 3), OURS, 1)).toEqual({
      flows: [1, 0],
      packets: [5, 0],
    })
  })
})
