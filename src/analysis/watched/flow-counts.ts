import type { Counts } from '../../recording/observation.js'
import type { WatchedMember } from '../../recording/watched-group.js'
import type { Balance } from '../../result/run-result.js'
import { analyseBalance } from '../balance/balance.js'

/** What came to each member, by index. */
export interface MemberCounts {
  flows: number[]
  packets: number[]
  /** flows in all, and those that came to more than one member */
  affinity: { flows: number; moved: number; unlisted: number }
}

/** Puts what an observer counted to members; what came to sockets that are none of them is left out. */
export function memberCounts(members: readonly WatchedMember[], counts: Counts): MemberCounts {
  const byCookie = new Map(members.map(({ socket }, index) => [socket.cookie, index]))
  const byInode = new Map(members.map(({ socket }, index) => [socket.inode, index]))
  const inodes = new Map(counts.sockets.map(({ cookie, inode }) => [cookie, inode]))
  // Where /proc alone tells of sockets, it tells no cookie.
  const memberOf = (cookie: number): number | undefined =>
    byCookie.get(cookie) ?? byInode.get(inodes.get(cookie) ?? -1)
  const flows = members.map(() => 0)
  const packets = members.map(() => 0)
  for (const { cookie, packets: counted } of counts.sockets) {
    const member = memberOf(cookie)
    if (member !== undefined) packets[member]! += counted
  }
  const seenAt = new Map<string, Set<number>>()
  for (const { cookie, sourceAddress, sourcePort } of counts.flows) {
    const member = memberOf(cookie)
    if (member === undefined) continue
    flows[member]!++
    const flow = `${sourceAddress} ${sourcePort}`
    seenAt.set(flow, (seenAt.get(flow) ?? new Set()).add(member))
  }
  const moved = [...seenAt.values()].filter(({ size }) => size > 1).length
  return { flows, packets, affinity: { flows: seenAt.size, moved, unlisted: counts.unlisted } }
}

/** Only the Monte-Carlo test of few flows draws: any seed will do, and the same one gives the same result. */
const SEED = 1

/**
 * How evenly flows spread over the members of one group; undefined without flows, with one member, where some flows are not listed, and where
 * members came or went, since flows move then.
 */
export function countedBalance(
  members: readonly WatchedMember[],
  indexes: readonly number[],
  { flows, affinity }: MemberCounts,
): Balance | undefined {
  const steady = indexes.every((i) => members[i]!.joinedNs === undefined && members[i]!.leftNs === undefined)
  const counts = indexes.map((i) => flows[i]!)
  if (!steady || counts.length < 2 || affinity.unlisted > 0 || counts.every((count) => count === 0))
    return undefined
  const placement = { basis: 'counted', unansweredShare: 0, known: true } as const
  return analyseBalance(counts, { seed: SEED, placement }).balance
}
