import { describe, expect, it } from 'vitest'
import { flowsCsv } from '../../src/report/run/flows-csv.js'
import { membersCsv } from '../../src/report/run/members-csv.js'
import type { FlowRow } from '../../src/result/run-result.js'
import { sampleLatency, sampleMember, sampleResult } from './sample-result.js'

function flowRow(flow: number, changes: Partial<FlowRow> = {}): FlowRow {
  const sourcePort = 1024 + (flow % 60_000)
  return {
    flow,
    sourceAddress: '127.0.0.1',
    sourcePort,
    member: flow % 4,
    sent: 75,
    replied: 75,
    lost: 0,
    moved: false,
    ...changes,
  }
}

function* manyFlows(): Iterable<FlowRow> {
  for (let flow = 0; flow < 100_000; flow++) yield flowRow(flow)
}

/** Simple CSV (no quotes) as a map from column to cell for each row. */
function cells(text: string): Map<string, string>[] {
  const [header = [], ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
  return rows.map((row) => new Map(header.map((name, i) => [name, row[i] ?? ''])))
}

const whole = (pieces: Iterable<string>): string => [...pieces].join('')

describe('the flows CSV', () => {
  it('has a row per flow; an unknown member is empty', () =>
    expect(
      whole(
        flowsCsv([flowRow(0), flowRow(1, { member: -1, replied: 0, lost: 75 }), flowRow(2, { moved: true })]),
      ),
    ).toBe(
      'flow,source address,source port,member,sent,replied,lost,moved\n' +
        '0,127.0.0.1,1024,0,75,75,0,0\n' +
        '1,127.0.0.1,1025,,75,0,75,0\n' +
        '2,127.0.0.1,1026,2,75,75,0,1\n',
    ))

  it('has its header also without flows', () =>
    expect(whole(flowsCsv([]))).toBe('flow,source address,source port,member,sent,replied,lost,moved\n'))

  it('comes piece by piece of a long list, and makes a line of each of 100,000 flows', () => {
    const pieces = [...flowsCsv(manyFlows())]
    expect(pieces.length).toBeGreaterThan(10)
    expect(pieces.join('').match(/\n/g)).toHaveLength(100_001)
  })
})

describe('the members CSV', () => {
  it('has a row per member with its counts and latencies', () => {
    const rows = cells(membersCsv(sampleResult()))
    expect(rows.map((row) => row.get('flows'))).toEqual(['2491', '2533', '2478', '2498'])
    expect(rows[0]?.get('service p50 ns')).toBe('309000')
    expect(rows[0]?.get('response p50 ns')).toBe('')
  })

  it('leaves empty what was not measured, and quotes what needs it', () => {
    const { latency: _, ...silent } = sampleMember(0, 0, { died: 'exit 1, "no memory"' })
    const text = membersCsv(sampleResult({ members: [silent, sampleMember(1, 10)] }))
    expect(text).toContain('"exit 1, ""no memory"""')
    expect(cells(text)[0]?.get('service p99 ns')).toBe('')
  })

  it('has response times where there was a schedule', () => {
    const latency = { service: sampleLatency(1), response: sampleLatency(1, 900_000) }
    const [row] = cells(membersCsv(sampleResult({ members: [sampleMember(0, 10, { latency })] })))
    expect(row?.get('response p50 ns')).toBe('900000')
  })
})
