import type { FlowRow } from '../../result/run-result.js'

/** A flow by its source, and its member in each of two runs. */
export interface MovedFlow {
  sourceAddress: string
  sourcePort: number
  members: [first: number, second: number]
}

type SeenFlow = Pick<FlowRow, 'sourceAddress' | 'sourcePort' | 'member' | 'moved'>

/** Where the same flows were in two runs. */
export interface PlacementComparison {
  /** flows seen in both runs, each at one member */
  compared: number
  /** those of them that were at another in the second */
  moved: MovedFlow[]
  /**
   * how those that were seen in both spread, in each of the two: a member that answers less in the second leaves more
   * of its flows unseen, which is no skew of the hash
   */
  flowsPerMember: { first: number[]; second: number[] }
}

/**
 * Holds the flows of two runs on the same server address and port against each other, by their source address and
 * port: a source port of the plan that was in use is another one in the other run.
 * @param members how many members there are
 */
export function comparePlacements(
  firstFlows: Iterable<SeenFlow>,
  secondFlows: Iterable<SeenFlow>,
  members: number,
): PlacementComparison {
  const memberOf = new Map<string, number>()
  for (const { sourceAddress, sourcePort, member, moved } of firstFlows)
    if (member >= 0 && !moved) memberOf.set(`${sourceAddress}:${sourcePort}`, member)
  const [first, second] = [Array.from({ length: members }, () => 0), Array.from({ length: members }, () => 0)]
  let compared = 0
  const moved: MovedFlow[] = []
  for (const flow of secondFlows) {
    const before = memberOf.get(`${flow.sourceAddress}:${flow.sourcePort}`)
    if (before === undefined || flow.member < 0 || flow.moved) continue
    compared++
    first[before]!++
    second[flow.member]!++
    const { sourceAddress, sourcePort } = flow
    if (flow.member !== before) moved.push({ sourceAddress, sourcePort, members: [before, flow.member] })
  }
  return { compared, moved, flowsPerMember: { first, second } }
}
