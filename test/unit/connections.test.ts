import { describe, expect, it } from 'vitest'
import { parseTcpStatistics } from '../../src/host/tcp-statistics.js'
import type { Connections } from '../../src/result/connections.js'
import { lineOf, render } from './render-sample.js'
import { sampleResult } from './sample-result.js'

const CONNECTIONS: Connections = {
  opened: 2008,
  established: 2000,
  refused: 0,
  timedOut: 0,
  failed: 0,
  unfinished: 0,
  closed: 2000,
  resetByServer: 0,
  closedByServer: 0,
  accepted: 2000,
  unwritten: 0,
  cut: 0,
}

function line(changes: Partial<Connections>): string {
  const { throughput } = sampleResult()
  return lineOf(
    render(
      sampleResult({
        connections: { ...CONNECTIONS, ...changes },
        throughput: { ...throughput, connectionsPerSecond: 400 },
      }),
    ),
    'conns',
  )
}

describe('the line of connections', () => {
  it('has the stages that they passed, and what is not as it should be', () => {
    expect(line({ opened: 2000 })).toBe('conns 2,000 opened = 2,000 established = 2,000 accepted · 400/s')
    expect(line({ refused: 5, timedOut: 1, unfinished: 2, unwritten: 8 })).toBe(
      'conns 2,008 opened → 2,000 established = 2,000 accepted · 400/s · 5 refused · 1 timed out · 2 still connecting at the end · 8 requests whose connection did not come about',
    )
    expect(line({ opened: 2000, resetByServer: 3, closedByServer: 1, cut: 4 })).toMatch(
      / · 3 reset by the server · 1 closed by the server · 4 requests cut off with theirs$/,
    )
  })
  it('has no members where those do not tell', () =>
    expect(line({ accepted: undefined })).toMatch(/^conns 2,008 opened → 2,000 established · 400\/s$/))
  it('is not there where flows are no connections', () =>
    expect(render(sampleResult())).not.toMatch(/^ conns/m))
})

describe('the counters of TCP', () => {
  it('are read by name', () =>
    expect(
      parseTcpStatistics(
        'Ip: Forwarding DefaultTTL\nIp: 1 64\nTcp: RtoAlgorithm EstabResets ActiveOpens PassiveOpens\nTcp: 1 7 5 6\nUdp: InDatagrams\nUdp: 3\n',
      ),
    ).toEqual({ activeOpens: 5, passiveOpens: 6, estabResets: 7 }))
  it('are not known of a host without them', () =>
    expect(parseTcpStatistics('Udp: InDatagrams\nUdp: 3\n')).toBeUndefined())
})
