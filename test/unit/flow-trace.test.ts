import { describe, expect, it } from 'vitest'
import { FlowHistory } from '../../src/analysis/churn/flow-history.js'
import { FlowTrace } from '../../src/client/flow-trace.js'
import { lifeCode, type FlowStays } from '../../src/recording/flow-stays.js'

const GAP = 250

type Row = [flow: number, life: number, sentNs: number, receivedNs: number]

/** What a trace makes of [flow, life, sent, received] rows. */
function traced(flows: number, rows: readonly Row[]): FlowStays {
  const trace = new FlowTrace(flows, GAP)
  for (const row of rows) trace.note(...row)
  return trace.stays()
}

/** The stays of one flow: [life, [sent from, to], [heard from, to]]. */
function staysOf(stays: FlowStays, flow = 0) {
  return [...stays.flow].flatMap((of, i) =>
    of === flow
      ? [[stays.life[i], [stays.fromNs[i], stays.toNs[i]], [stays.heardFromNs[i], stays.heardToNs[i]]]]
      : [],
  )
}

describe('a life code', () => {
  it('tells every life of every member apart', () => {
    const lives = [0, 1, 255, 256, 65_535].flatMap((member) =>
      [0, 1, 3, 255, 256, 100_000].map((generation) => lifeCode(member, generation)),
    )
    expect(new Set(lives).size).toBe(lives.length)
  })
})

describe('the trace of a flow', () => {
  it('is one stay while one member answers', () =>
    expect(
      staysOf(
        traced(1, [
          [0, 3, 100, 110],
          [0, 3, 200, 260],
          [0, 3, 300, 310],
        ]),
      ),
    ).toEqual([[3, [100, 300], [110, 310]]]))

  it('ends a stay when another member answers', () =>
    expect(
      staysOf(
        traced(1, [
          [0, 0, 100, 110],
          [0, 1, 200, 210],
          [0, 0, 300, 310],
        ]),
      ),
    ).toEqual([
      [0, [100, 100], [110, 110]],
      [1, [200, 200], [210, 210]],
      [0, [300, 300], [310, 310]],
    ]))

  it('ends a stay when nothing was heard for longer than the gap, however soon it was asked', () =>
    expect(
      staysOf(
        traced(1, [
          [0, 0, 100, 110],
          [0, 0, 200, 900], // asked while the member stood still
          [0, 0, 300, 901],
        ]),
      ),
    ).toEqual([
      [0, [100, 100], [110, 110]],
      [0, [200, 300], [900, 901]],
    ]))

  it('takes no news from an answer that was overtaken', () =>
    expect(
      staysOf(
        traced(1, [
          [0, 1, 200, 210],
          [0, 0, 100, 220],
        ]),
      ),
    ).toEqual([[1, [200, 200], [210, 210]]]))

  it('keeps flows apart', () => {
    const stays = traced(3, [
      [0, 0, 100, 110],
      [2, 1, 100, 110],
      [0, 0, 200, 210],
    ])
    expect(staysOf(stays, 0)).toHaveLength(1)
    expect(staysOf(stays, 1)).toEqual([])
    expect(staysOf(stays, 2)).toHaveLength(1)
  })
})

describe('the history of flows', () => {
  const stays = traced(1, [
    [0, 0, 100, 110],
    [0, 0, 200, 210],
    [0, 1, 300, 310],
    [0, 1, 400, 900],
  ])
  const history = new FlowHistory(1, [{ firstFlow: 0, stays }])

  it('puts the flows of each worker in their place', () => {
    const [first, second] = [new FlowTrace(2, GAP), new FlowTrace(2, GAP)]
    first.note(1, 5, 100, 110)
    second.note(1, 6, 100, 110)
    const both = new FlowHistory(4, [
      { firstFlow: 0, stays: first.stays() },
      { firstFlow: 2, stays: second.stays() },
    ])
    expect(both.flows).toBe(4)
    expect([0, 1, 2, 3].map((flow) => both.lastIn(flow, 0, 1000))).toEqual([undefined, 5, undefined, 6])
  })

  it('knows where a flow asked last, by when it asked', () => {
    expect(history.lastIn(0, 0, 100)).toBeUndefined()
    expect(history.lastIn(0, 0, 101)).toBe(0)
    expect(history.lastIn(0, 0, 300)).toBe(0)
    expect(history.lastIn(0, 0, 301)).toBe(1)
    expect(history.lastIn(0, 200, 250)).toBe(0)
    expect(history.lastIn(0, 201, 300)).toBeUndefined()
    expect(history.lastIn(0, 350, 500)).toBe(1)
    expect(history.lastIn(0, 401, Infinity)).toBeUndefined()
  })

  it('knows when a flow last asked another member', () => {
    expect(history.lastElsewhereIn(0, 1, 0, Infinity)).toBe(200)
    expect(history.lastElsewhereIn(0, 1, 201, Infinity)).toBe(0)
    expect(history.lastElsewhereIn(0, 0, 0, 300)).toBe(0)
    expect(history.lastElsewhereIn(0, 0, 0, 301)).toBe(300)
    expect(history.lastElsewhereIn(0, 0, 0, 401)).toBe(400)
  })

  it('knows when a flow was answered, whenever it had asked', () => {
    expect(history.heardIn(0, 0, 110)).toBe(false)
    expect(history.heardIn(0, 0, 111)).toBe(true)
    expect(history.heardIn(0, 211, 310)).toBe(false)
    expect(history.heardIn(0, 311, 900), 'asked at 400, answered at 900').toBe(false)
    expect(history.heardIn(0, 900, 901)).toBe(true)
  })
})
