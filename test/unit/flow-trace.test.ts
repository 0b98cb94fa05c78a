import { describe, expect, it } from 'vitest'
import { FlowHistory, type Stay } from '../../src/analysis/churn/flow-history.js'
import { FlowTrace } from '../../src/client/flow-trace.js'
import { decodeLife, lifeCode } from '../../src/recording/flow-stays.js'

const GAP = 250

/** Notes [flow, life, sent, received] rows, and gives each flow's stays back. */
function stays(flows: number, rows: readonly [number, number, number, number][]): FlowHistory {
  const trace = new FlowTrace(flows, GAP)
  for (const row of rows) trace.note(...row)
  return new FlowHistory(flows, [{ firstFlow: 0, stays: trace.stays() }])
}

const stay = (
  member: number,
  [fromNs, toNs]: [number, number],
  [heardFromNs, heardToNs]: [number, number],
): Stay => ({
  member,
  generation: 0,
  fromNs,
  toNs,
  heardFromNs,
  heardToNs,
})

describe('a life code', () => {
  it.each([
    [0, 0],
    [255, 0],
    [256, 0],
    [0, 1],
    [65_535, 3],
    [7, 100_000],
  ])('tells every life of every member apart: member %i, generation %i', (member, generation) =>
    expect(decodeLife(lifeCode(member, generation))).toEqual({ member, generation }),
  )
})

describe('the trace of a flow', () => {
  it('is one stay while one member answers', () =>
    expect(
      stays(1, [
        [0, 3, 100, 110],
        [0, 3, 200, 260],
        [0, 3, 300, 310],
      ]).staysIn(0, 0, Infinity),
    ).toEqual([stay(3, [100, 300], [110, 310])]))

  it('ends a stay when another member answers', () =>
    expect(
      stays(1, [
        [0, 0, 100, 110],
        [0, 1, 200, 210],
        [0, 0, 300, 310],
      ]).staysIn(0, 0, Infinity),
    ).toEqual([
      stay(0, [100, 100], [110, 110]),
      stay(1, [200, 200], [210, 210]),
      stay(0, [300, 300], [310, 310]),
    ]))

  it('ends a stay when nothing was heard for longer than the gap, however soon it was asked', () =>
    expect(
      stays(1, [
        [0, 0, 100, 110],
        [0, 0, 200, 900], // asked while the member stood still
        [0, 0, 300, 901],
      ]).staysIn(0, 0, Infinity),
    ).toEqual([stay(0, [100, 100], [110, 110]), stay(0, [200, 300], [900, 901])]))

  it('takes no news from an answer that was overtaken', () =>
    expect(
      stays(1, [
        [0, 1, 200, 210],
        [0, 0, 100, 220],
      ]).staysIn(0, 0, Infinity),
    ).toEqual([stay(1, [200, 200], [210, 210])]))

  it('keeps flows apart', () => {
    const history = stays(3, [
      [0, 0, 100, 110],
      [2, 1, 100, 110],
      [0, 0, 200, 210],
    ])
    expect(history.staysIn(0, 0, Infinity)).toHaveLength(1)
    expect(history.staysIn(1, 0, Infinity)).toEqual([])
    expect(history.staysIn(2, 0, Infinity)).toHaveLength(1)
  })
})

describe('the history of flows', () => {
  const history = stays(1, [
    [0, 0, 100, 110],
    [0, 0, 200, 210],
    [0, 1, 300, 310],
    [0, 1, 400, 900],
  ])

  it('puts the flows of each worker in their place', () => {
    const [first, second] = [new FlowTrace(2, GAP), new FlowTrace(2, GAP)]
    first.note(1, 5, 100, 110)
    second.note(1, 6, 100, 110)
    const both = new FlowHistory(4, [
      { firstFlow: 0, stays: first.stays() },
      { firstFlow: 2, stays: second.stays() },
    ])
    expect(both.flows).toBe(4)
    expect([0, 1, 2, 3].map((flow) => both.lastIn(flow, 0, 1000)?.member)).toEqual([
      undefined,
      5,
      undefined,
      6,
    ])
  })

  it('knows where a flow asked last, by when it asked', () => {
    expect(history.lastIn(0, 0, 100)).toBeUndefined()
    expect(history.lastIn(0, 0, 101)?.member).toBe(0)
    expect(history.lastIn(0, 0, 300)?.member).toBe(0)
    expect(history.lastIn(0, 0, 301)?.member).toBe(1)
    expect(history.lastIn(0, 200, 250)?.member).toBe(0)
    expect(history.lastIn(0, 201, 300)).toBeUndefined()
    expect(history.lastIn(0, 350, 500)?.member).toBe(1)
    expect(history.lastIn(0, 401, Infinity)).toBeUndefined()
  })

  it('knows when a flow was answered, whenever it had asked', () => {
    expect(history.heardIn(0, 0, 110)).toBe(false)
    expect(history.heardIn(0, 0, 111)).toBe(true)
    expect(history.heardIn(0, 211, 310)).toBe(false)
    expect(history.heardIn(0, 311, 900), 'asked at 400, answered at 900').toBe(false)
    expect(history.heardIn(0, 900, 901)).toBe(true)
  })
})
