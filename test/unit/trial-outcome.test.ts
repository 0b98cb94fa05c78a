import { describe, expect, it } from 'vitest'
import { judgeTrial } from '../../src/analysis/capacity/trial-outcome.js'
import { parseGoal } from '../../src/plan/goal-conditions.js'
import type { SweepRun } from '../../src/result/sweep-result.js'
import { sampleLatency } from './sample-result.js'
import { sampleRun } from './sample-sweep.js'

const GOAL = parseGoal('loss<0.1% && p99<5ms', '--find')
const judged = (changes: Partial<SweepRun>, goal = GOAL) =>
  judgeTrial(sampleRun(changes), { conditions: goal, width: 0.05 })

const suspect = (...findings: string[]): SweepRun['validity'] => ({ verdict: 'suspect', findings, notes: [] })
/** 20,000 requests due, so many of them without a reply in time. */
const without = (replies: number, droppedAtClient = 0): SweepRun['books'] => ({
  ...sampleRun().books!,
  replied: 20_000 - replies,
  lost: replies >> 1,
  late: replies - (replies >> 1),
  droppedAtClient,
})
const slow = sampleLatency(20_000, 3e6)
const fast = sampleLatency(20_000)

describe('a trial', () => {
  it('is good when all goals hold', () => expect(judged({})).toEqual({ outcome: 'good', violated: [] }))

  it('is bad when too much got no reply, or one too late', () => {
    expect(judged({ books: without(19) }).outcome).toBe('good')
    expect(judged({ books: without(20) })).toEqual({ outcome: 'bad', violated: ['loss'] })
  })

  it('is bad when the response time is too long', () =>
    expect(judged({ latency: { service: fast, response: slow } })).toEqual({
      outcome: 'bad',
      violated: ['p99'],
    }))

  it('counts a request without a reply as slower than any limit', () => {
    const percentile = parseGoal('p99<5ms', '--find')
    expect(judged({ books: without(200) }, percentile).outcome).toBe('good')
    expect(judged({ books: without(201) }, percentile)).toEqual({ outcome: 'bad', violated: ['p99'] })
    expect(judged({ books: without(1) }, parseGoal('max<5s', '--find')).outcome).toBe('bad')
  })

  it('is bad when no reply came at all', () => {
    const { latency: _latency, ...run } = sampleRun({ books: without(20_000) })
    expect(judgeTrial(run, { conditions: GOAL, width: 0.05 })).toEqual({
      outcome: 'bad',
      violated: ['loss', 'p99'],
    })
  })

  it('keeps the limit itself only where the goal says so', () => {
    const lost = { books: without(20) }
    expect(judged(lost, parseGoal('loss<=0.1%', '--find')).outcome).toBe('good')
    expect(judged(lost, parseGoal('loss<0.1%', '--find')).outcome).toBe('bad')
  })

  it('says nothing of the group when the client did not offer the load', () => {
    expect(
      judged({
        achievedPerSecond: 9899,
        validity: { verdict: 'invalid', findings: ['achieved-rate'], notes: [] },
      }),
    ).toEqual({
      outcome: 'limited',
      violated: [],
    })
    expect(judged({ achievedPerSecond: 9899, books: without(5000) }).outcome).toBe('limited')
    expect(judged({ achievedPerSecond: 9901 }).outcome).toBe('good')
  })

  it('is not held against the group when the client dropped the replies itself', () => {
    expect(judged({ books: without(100, 90) }).outcome).toBe('limited')
    expect(judged({ books: without(100, 50) }).outcome).toBe('bad')
  })

  it('is not held against the group when only the client sent too late', () => {
    const latency = { service: fast, response: slow }
    expect(judged({ latency, validity: suspect('schedule-lag') }).outcome).toBe('limited')
    expect(judged({ latency, validity: suspect('client-cpu') }).outcome).toBe('limited')
    expect(judged({ latency, validity: suspect('littles-law') }).outcome).toBe('bad')
    expect(
      judged({ latency: { service: slow, response: slow }, validity: suspect('schedule-lag') }).outcome,
    ).toBe('bad')
  })

  it('that failed or was not valid is none', () => {
    expect(judged({ stopped: 'failed' }).outcome).toBe('void')
    expect(judged({ error: { code: 'RPB_FLOWS', message: 'No.' } }).outcome).toBe('void')
    expect(judged({ validity: { verdict: 'invalid', findings: ['member-died'], notes: [] } }).outcome).toBe(
      'void',
    )
  })
})
