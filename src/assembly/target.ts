import { sourceName, targetCounts, type TargetCounts } from '../analysis/watched/target-counts.js'
import { sourceOf } from '../plan/flow-sources.js'
import type { Recording } from '../recording/recording.js'
import type { RunResult } from '../result/run-result.js'
import { observingCostOf } from './observing-cost.js'

/** What is known of a server that is not ours, which tells nothing of its members. */
export interface TargetFigures {
  result: Pick<RunResult, 'targetSockets' | 'targetUncounted' | 'targetCost'>
  /** of our load, at these sockets; undefined where that was not counted */
  counts?: TargetCounts
}

/** Names of the sources of all our flows: others may ask the server too. */
export const ourSources = ({ reports }: Pick<Recording, 'reports'>): ReadonlySet<string> =>
  new Set(
    reports.flatMap(({ sources, sent }) =>
      Array.from(sent, (_, flow) => {
        const { address, port } = sourceOf(sources, flow)
        return sourceName(address, port)
      }),
    ),
  )

export function targetFigures({ plan, reports, group }: Recording): TargetFigures {
  const { sockets, counts, uncounted, cost } = group.unknown ?? {}
  if (sockets === undefined) return { result: {} }
  const observed = cost && observingCostOf(cost)
  const targetCost = observed && Object.keys(observed).length > 0 && { targetCost: observed }
  if (counts === undefined) {
    const why = uncounted && {
      why: uncounted.why,
      ...(uncounted.needs !== undefined && { needs: uncounted.needs }),
    }
    return { result: { targetSockets: sockets, ...(why && { targetUncounted: why }), ...targetCost } }
  }
  const found = targetCounts(sockets, counts, ourSources({ reports }), plan.seed)
  const targetSockets = sockets.map((socket, place) => ({
    ...socket,
    flows: found.flows[place]!,
    packets: found.packets[place]!,
  }))
  return { result: { targetSockets, ...targetCost }, counts: found }
}
