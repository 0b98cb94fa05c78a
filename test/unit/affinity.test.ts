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
    expect(analyseAffinity({ flows: 3, firstMember, moves: new Map(), tupleOf })).toEqual({
      flows: 3,
      moved: 0,
      unseen: 0,
      violations: [],
    })
  })

  it('counts flows without a reply as unseen, not as moved', () => {
    const affinity = analyseAffinity({
      flows: 3,
      firstMember: Int32Array.of(-1, 2, -1),
      moves: new Map(),
      tupleOf,
    })
    expect(affinity.unseen).toBe(2)
    expect(affinity.moved).toBe(0)
  })

  it('lists each flow that moved with its 4-tuple and members, sorted by flow', () => {
    const moves = new Map([
      [3, new Set([1, 2])],
      [0, new Set([3])],
    ])
    const firstMember = Int16Array.of(0, 1, 0, 1)
    const { moved, violations } = analyseAffinity({ flows: 4, firstMember, moves, tupleOf })
    expect(moved).toBe(2)
    expect(violations).toEqual([
      { flow: 0, ...tupleOf(0), members: [0, 3] },
      { flow: 3, ...tupleOf(3), members: [1, 2] },
    ])
  })

  it('does not call it a move when only the first member is named again', () => {
    const moves = new Map([[1, new Set([1])]])
    const firstMember = Int16Array.of(0, 1)
    expect(analyseAffinity({ flows: 2, firstMember, moves, tupleOf }).moved).toBe(0)
  })

  it('looks at the flows of the run only, when the array has room for more', () => {
    const firstMember = Int16Array.of(0, -1, -1)
    expect(analyseAffinity({ flows: 1, firstMember, moves: new Map(), tupleOf }).unseen).toBe(0)
  })
})
