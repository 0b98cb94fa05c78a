/** What came to one member. */
export interface MemberTraffic {
  /** flows that it answered, and what was sent on them */
  flows: number
  sentOnFlows: number
  /** requests that came to its socket, by its own count and the kernel's: taken, dropped there, or left there */
  offered: number
}

/**
 * Flows per member, with those that were never answered. Nobody knows where each of them belongs, and they are not missing
 * at random: a member that drops much has more of them. But what came to each socket was counted, dropped or
 * not, so what came there beyond what was sent on the flows that it answered came on the others, and those are
 * dealt out in that proportion. Whole numbers; where the counts do not tell, only the flows that were answered.
 */
export function withUnansweredFlows(members: readonly MemberTraffic[], unanswered: number): number[] {
  const surplus = members.map(({ sentOnFlows, offered }) => Math.max(0, offered - sentOnFlows))
  const all = surplus.reduce((sum, count) => sum + count, 0)
  return members.map(({ flows }, index) =>
    all > 0 ? flows + Math.round((unanswered * surplus[index]!) / all) : flows,
  )
}
