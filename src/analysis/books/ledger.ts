import type { Books } from '../../result/run-result.js'

/** One member's own counts of the measured phase, in datagrams. */
export interface MemberLedger {
  taken: number
  echoed: number
  echoErrors: number
  drops: number
  left: number
  strangers: number
}

/** What happened to datagrams before they came to any member: at a socket that members share, or at a front. */
export type AheadLedger = Pick<MemberLedger, 'drops' | 'left' | 'strangers'>

/** The clients' counts of the measured phase, in datagrams. */
export interface ClientLedger {
  sent: number
  sendErrors: number
  unsent: number
  replied: number
  late: number
  duplicates: number
  reordered: number
  dropped: number
  strangers: number
}

function total(members: readonly MemberLedger[], key: keyof MemberLedger): number {
  return members.reduce((sum, member) => sum + member[key], 0)
}

/**
 * Puts what the clients and the members counted, each by itself, side by side:
 * sent = taken + dropped and left at members and ahead of them + unexplained; taken = echoed + echo errors;
 * echoed = replied + late + duplicates + dropped at the client + unexplained.
 */
export function balanceBooks(
  client: ClientLedger,
  members: readonly MemberLedger[],
  ahead: AheadLedger = { drops: 0, left: 0, strangers: 0 },
): Books {
  const taken = total(members, 'taken')
  const echoed = total(members, 'echoed')
  const echoErrors = total(members, 'echoErrors')
  const droppedAtMembers = total(members, 'drops') + ahead.drops
  const leftAtMembers = total(members, 'left') + ahead.left
  const unexplainedRequests = client.sent - taken - droppedAtMembers - leftAtMembers
  const unexplainedReplies = echoed - client.replied - client.late - client.duplicates - client.dropped
  return {
    sent: client.sent,
    sendErrors: client.sendErrors,
    unsent: client.unsent,
    taken,
    echoed,
    echoErrors,
    replied: client.replied,
    late: client.late,
    duplicates: client.duplicates,
    reordered: client.reordered,
    lost: client.sent - client.replied - client.late,
    droppedAtMembers,
    droppedAtClient: client.dropped,
    leftAtMembers,
    strangersAtMembers: total(members, 'strangers') + ahead.strangers,
    strangersAtClient: client.strangers,
    unexplainedRequests,
    unexplainedReplies,
    unexplained:
      Math.abs(unexplainedRequests) + Math.abs(unexplainedReplies) + Math.abs(taken - echoed - echoErrors),
  }
}
