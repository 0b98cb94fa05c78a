import { describe, expect, it } from 'vitest'
import { analyseAffinity, type FlowTuple } from '../../src/analysis/affinity/affinity.js'

function tupleOf(flow: number): FlowTuple {
  return {
    protocol: 'udp',
    sourceAddress: '127.0.0.1',
    sourcePort: 40_000 + flow,
    destinationAddress: '127.0.0.1',
    destinationPort: 9000,
  }
}

describe('affinity', () => {
  it('has no violation when each flow stayed at its member', () => {
    const firstMember = Int16Array.of(0, 1, 0)
    expect(analyseAffinity({ flows: 3, firstMember, sent: [1, 1, 1], moves: new Map(), tupleOf })).toEqual({
      flows: 3,
      moved: 0,
      unanswered: 0,
      unasked: 0,
      violations: [],
    })
  })

  it('tells flows that were asked and never answered from those that were never asked', () => {
    const affinity = analyseAffinity({
      flows: 4,
      firstMember: Int32Array.of(-1, 2, -1, -1),
      sent: [3, 5, 0, 1],
      moves: new Map(),
      tupleOf,
    })
    expect(affinity).toMatchObject({ unanswered: 2, unasked: 1, moved: 0 })
  })

  it('lists each flow that moved with its 4-tuple and members, sorted by flow', () => {
    const moves = new Map([
      [3, new Set([1, 2])],
      [0, new Set([3])],
    ])
    const firstMember = Int16Array.of(0, 1, 0, 1)
    const { moved, violations } = analyseAffinity({
      flows: 4,
      firstMember,
      sent: [2, 1, 1, 2],
      moves,
      tupleOf,
    })
    expect(moved).toBe(2)
    expect(violations).toEqual([
      { flow: 0, ...tupleOf(0), members: [0, 3] },
      { flow: 3, ...tupleOf(3), members: [1, 2] },
    ])
  })

  it('does not call it a move when only the first member is named again', () => {
    const moves = new Map([[1, new Set([1])]])
    const firstMember = Int16Array.of(0, 1)
    expect(analyseAffinity({ flows: 2, firstMember, sent: [1, 2], moves, tupleOf }).moved).toBe(0)
  })

  it('looks at the flows of the run only, when the array has room for more', () => {
    const firstMember = Int16Array.of(0, -1, -1)
    const sent = [1, 1, 0]
    expect(analyseAffinity({ flows: 1, firstMember, sent, moves: new Map(), tupleOf })).toMatchObject({
      unanswered: 0,
      unasked: 0,
    })
  })
})
