import type { FlowRow } from '../result/run-result.js'

/** A flow by its source, and its member in each of two runs. */
interface MovedFlow {
  sourceAddress: string
  sourcePort: number
  members: [first: number, second: number]
}

/**
 * Holds the flows of two runs on the same server address and port against each other, by their source address and
 * port: a source port of the plan that was in use is another one in the other run.
 * @returns how many flows were seen in both, each at one member, and those of them that were at another in the second
 */
export function comparePlacements(
  first: Iterable<Pick<FlowRow, 'sourceAddress' | 'sourcePort' | 'member' | 'moved'>>,
  second: Iterable<Pick<FlowRow, 'sourceAddress' | 'sourcePort' | 'member' | 'moved'>>,
): { compared: number; moved: MovedFlow[] } {
  const memberOf = new Map<string, number>()
  for (const { sourceAddress, sourcePort, member, moved } of first)
    if (member >= 0 && !moved) memberOf.set(`${sourceAddress}:${sourcePort}`, member)
  let compared = 0
  const moved: MovedFlow[] = []
  for (const flow of second) {
    const before = memberOf.get(`${flow.sourceAddress}:${flow.sourcePort}`)
    if (before === undefined || flow.member < 0 || flow.moved) continue
    compared++
    const { sourceAddress, sourcePort } = flow
    if (flow.member !== before) moved.push({ sourceAddress, sourcePort, members: [before, flow.member] })
  }
  return { compared, moved }
}
