import { describe, expect, it } from 'vitest'
import { measure } from './experiment.js'
import { udpCounters } from './kernel-counters.js'

describe('members with a small receive buffer', () => {
  it('lose datagrams; the run goes on, ends, and accounts for each of them', async () => {
    const before = udpCounters()
    const { result, flows } = await measure({
      procs: 2,
      flows: 2000,
      inFlight: 2000,
      receiveBufferBytes: 2048,
      durationNs: 300e6,
      warmupNs: 100e6,
      timeoutNs: 1e9,
    })
    const refused = udpCounters()['RcvbufErrors']! - before['RcvbufErrors']!
    const { books, members } = result
    expect(books.droppedAtMembers).toBeGreaterThan(0)
    expect(books).toMatchObject({ unexplained: 0, droppedAtClient: 0, leftAtMembers: 0 })
    expect(books.lost).toBe(books.droppedAtMembers)
    expect(books.sent).toBe(books.taken! + books.droppedAtMembers!)
    expect(refused, 'the kernel counted them too').toBeGreaterThanOrEqual(books.droppedAtMembers!)
    expect(members.reduce((sum, m) => sum + m.drops!, 0)).toBe(books.droppedAtMembers)
    expect(flows.reduce((sum, f) => sum + f.lost, 0)).toBe(books.lost)
    expect(flows.every((f) => f.sent > 0)).toBe(true)
    expect(result.validity.findings.map((f) => f.code)).toContain('member-drops')
    expect(result.stopped).toBeUndefined()
  })
})
