import type { KnownAffinity } from '../../result/run-result.js'

type Violation = KnownAffinity['violations'][number]

/** A flow's addresses on the wire. */
export type FlowTuple = Omit<Violation, 'flow' | 'members'>

interface AffinityInput {
  /** number of flows of the run, numbered from 0 */
  flows: number
  /** [flows]: the member of a flow's first reply, −1 while none has come */
  firstMember: ArrayLike<number>
  /** [flows]: requests sent on each flow */
  sent: ArrayLike<number>
  /** for a flow seen at a further member: all members seen, with or without the first */
  moves: ReadonlyMap<number, ReadonlySet<number>>
  /** the 4-tuple of a flow */
  tupleOf: (flow: number) => FlowTuple
}

/**
 * Which flows stayed at one member while the group did not change. Violations are sorted by flow; each names its
 * members in the order in which they were seen, the first reply's first.
 */
export function analyseAffinity({ flows, firstMember, sent, moves, tupleOf }: AffinityInput): KnownAffinity {
  let unanswered = 0
  let unasked = 0
  for (let flow = 0; flow < flows; flow++) {
    if (firstMember[flow] !== -1) continue
    if (sent[flow]! > 0) unanswered++
    else unasked++
  }
  const violations: Violation[] = []
  for (const [flow, seen] of [...moves].toSorted(([a], [b]) => a - b)) {
    const first = firstMember[flow] ?? -1
    const members = [...new Set(first < 0 ? seen : [first, ...seen])]
    if (members.length > 1) violations.push({ flow, ...tupleOf(flow), members })
  }
  return { flows, moved: violations.length, unanswered, unasked, violations }
}
