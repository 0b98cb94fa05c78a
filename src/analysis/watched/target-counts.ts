import type { SeenSocket } from '../../recording/group-recording.js'
import type { Counts } from '../../recording/observation.js'
import type { Balance } from '../../result/run-result.js'
import { analyseBalance } from '../balance/balance.js'

/** What of our load came to each socket of a server that is not ours. */
export interface TargetCounts {
  /** in the order of the sockets */
  flows: number[]
  packets: number[]
  /** flows that came to more than one; undefined where not all flows found room in the table */
  moved?: number
  /** undefined where flows moved, or sockets came or went: then flows have no one place */
  balance?: Balance
}

/** How a source is told from others. */
export const sourceName = (address: string, port: number): string => `${address} ${port}`

/**
 * Puts what was counted at sockets of a server to these, as far as it came from our load: others may ask the server too.
 * @param ours names of the sources of all our flows
 * @param seed of the Monte-Carlo test
 */
export function targetCounts(
  sockets: readonly SeenSocket[],
  counts: Counts,
  ours: ReadonlySet<string>,
  seed: number,
): TargetCounts {
  const byInode = new Map(sockets.map(({ inode }, place) => [inode, place]))
  const placeOf = new Map(counts.sockets.map(({ cookie, inode }) => [cookie, byInode.get(inode)]))
  const flows = sockets.map(() => 0)
  const packets = sockets.map(() => 0)
  const seen = new Map<string, number>()
  for (const { cookie, sourceAddress, sourcePort, packets: counted } of counts.flows) {
    const place = placeOf.get(cookie)
    const name = sourceName(sourceAddress, sourcePort)
    if (place === undefined || !ours.has(name)) continue
    flows[place]!++
    packets[place]! += counted
    seen.set(name, (seen.get(name) ?? 0) + 1)
  }
  if (counts.unlisted > 0) return { flows, packets }
  const moved = [...seen.values()].filter((places) => places > 1).length
  const steady = moved === 0 && sockets.every(({ atBegin, atEnd }) => atBegin && atEnd)
  if (!steady || seen.size === 0) return { flows, packets, moved }
  const placement = { basis: 'counted', unansweredShare: 0, known: true } as const
  return { flows, packets, moved, balance: analyseBalance(flows, { seed, placement }).balance }
}
