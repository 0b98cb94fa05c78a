import { describe, expect, it } from 'vitest'
import { memberConnectionsOf } from '../../src/assembly/member-connections.js'
import {
  listenStatisticsBetween,
  parseListenStatistics,
  readListenStatistics,
} from '../../src/host/listen-statistics.js'
import type { ConnectionCounters, MemberCounters } from '../../src/recording/counters.js'

const NETSTAT = `TcpExt: SyncookiesSent SyncookiesRecv ListenOverflows ListenDrops TCPHPHits TCPSynRetrans
TcpExt: 0 1 45 52 7 3
IpExt: InNoRoutes InTruncatedPkts
IpExt: 3 0
`

describe('what the kernel counts of listeners', () => {
  it('is found by the names of its columns', () => {
    expect(parseListenStatistics(NETSTAT)).toEqual({ overflows: 45, drops: 52, synRetransmits: 3 })
    expect(parseListenStatistics(NETSTAT.replace('ListenDrops', 'Other'))).toBeUndefined()
    expect(parseListenStatistics('')).toBeUndefined()
    expect(readListenStatistics()).toMatchObject({ drops: expect.any(Number) as number })
  })

  it('is a difference between two readings', () => {
    const before = { overflows: 1, drops: 2, synRetransmits: 3 }
    const after = { overflows: 11, drops: 22, synRetransmits: 33 }
    expect(listenStatisticsBetween(before, after)).toEqual({ overflows: 10, drops: 20, synRetransmits: 30 })
  })
})

const counters = (connections?: Partial<ConnectionCounters>): MemberCounters =>
  ({
    ...(connections && {
      connections: {
        accepted: 0,
        reset: 0,
        open: 0,
        acceptQueue: 0,
        acceptQueueMost: 0,
        acceptQueueLimit: 10,
        overflows: 0,
        ...connections,
      },
    }),
  }) as MemberCounters

describe('what a member did with connections', () => {
  it('is of the measured phase, over its lives', () => {
    expect(
      memberConnectionsOf([
        {
          before: counters({ accepted: 5, overflows: 1 }),
          after: counters({ accepted: 12, acceptQueueMost: 9, overflows: 4, acceptQueue: 1 }),
        },
        { after: counters({ accepted: 3, acceptQueueMost: 4, acceptQueue: 2 }) },
      ]),
    ).toEqual({ accepted: 10, acceptQueueMost: 9, acceptQueueLimit: 10, overflows: 3, leftInQueue: 3 })
  })

  it('is nothing where it listens for none', () => {
    expect(memberConnectionsOf([{ after: counters() }])).toBeUndefined()
  })
})
