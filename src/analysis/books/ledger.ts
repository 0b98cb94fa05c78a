import type { Books, CountedBooks } from '../../result/run-result.js'

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
  /** of those, at the devices that flows share; absent where they have sockets */
  droppedAtDevices?: number
  strangers: number
}

/** What is known of datagrams that came to the port and to no count of a member or a front. */
export interface AtThePort {
  /** those that met no socket, as the kernel counted them for all ports of the network namespace */
  noSocket: number
  /** what met no socket on any port, requests or not, by the same count */
  noPorts: number
  /** those that sockets of others are known to have got */
  atStrangers: number
  /** whether there was any */
  shared: boolean
  /** whether a socket of the group was closed in the measured phase, by whomever */
  closed: boolean
  /** whether a network is between clients and members, which may lose datagrams and tells nobody */
  network?: boolean
}

function total(members: readonly MemberLedger[], key: keyof MemberLedger): number {
  return members.reduce((sum, member) => sum + member[key], 0)
}

/**
 * How many requests came to members a second time, by whom or what ever they were copied. Each is echoed once more, and is
 * a duplicate to the client; of its duplicates, those that no member echoed are copies of replies.
 */
function replayedRequests(client: ClientLedger, echoed: number): number {
  const replies = client.replied + client.late + client.duplicates + client.dropped
  return Math.max(0, client.duplicates - Math.max(0, replies - echoed))
}

/**
 * Puts what the clients and the members counted, each by itself, side by side:
 * sent + replayed = taken + dropped and left at members and ahead of them + met no socket + at strangers, as known and as
 * reckoned + closed with a socket + lost on the way there + unexplained;
 * taken = echoed + echo errors; echoed = replied + late + duplicates + dropped at the client + replayed unheard + lost on the
 * way back + unexplained.
 * What strangers read, or closed with a socket, nobody can count: where there was one, that is the rest.
 */
export function balanceBooks(
  client: ClientLedger,
  members: readonly MemberLedger[],
  ahead: AheadLedger = { drops: 0, left: 0, strangers: 0 },
  atThePort: AtThePort = {
    noSocket: 0,
    noPorts: 0,
    atStrangers: 0,
    shared: false,
    closed: false,
  },
): CountedBooks {
  const taken = total(members, 'taken')
  const echoed = total(members, 'echoed')
  const echoErrors = total(members, 'echoErrors')
  const droppedAtMembers = total(members, 'drops') + ahead.drops
  const leftAtMembers = total(members, 'left') + ahead.left
  const unheard = echoed - client.replied - client.late - client.duplicates - client.dropped
  const heardAgain = replayedRequests(client, echoed)
  const accounted = taken + droppedAtMembers + leftAtMembers
  // More requests than were sent, as many replies that nobody heard, as many datagrams that met no socket.
  const replayedUnheard = Math.max(
    0,
    Math.min(accounted - client.sent - heardAgain, unheard, atThePort.noPorts),
  )
  const replayed = heardAgain + replayedUnheard
  const missing = client.sent + replayed - accounted
  // Others' datagrams are in the kernel's count too.
  const noSocket = Math.max(0, Math.min(missing, atThePort.noSocket))
  const atStrangers = Math.max(0, Math.min(missing - noSocket, atThePort.atStrangers))
  const rest = Math.max(0, missing - noSocket - atStrangers)
  const reckonedAtStrangers = atThePort.shared ? rest : 0
  const closedWithSocket = atThePort.closed && !atThePort.shared ? rest : 0
  const missingRequests = missing - noSocket - atStrangers - reckonedAtStrangers - closedWithSocket
  const unheardReplies = unheard - replayedUnheard
  const lostThere = atThePort.network ? Math.max(0, missingRequests) : 0
  const lostBack = atThePort.network ? Math.max(0, unheardReplies) : 0
  const unexplainedRequests = missingRequests - lostThere
  const unexplainedReplies = unheardReplies - lostBack
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
    replayed,
    replayedUnheard,
    reordered: client.reordered,
    lost: client.sent - client.replied - client.late,
    droppedAtMembers,
    droppedAtClient: client.dropped,
    ...(client.droppedAtDevices !== undefined && { droppedAtDevices: client.droppedAtDevices }),
    leftAtMembers,
    noSocket,
    atStrangers,
    reckonedAtStrangers,
    closedWithSocket,
    ...(atThePort.network && { lostOnWayThere: lostThere, lostOnWayBack: lostBack }),
    strangersAtMembers: total(members, 'strangers') + ahead.strangers,
    strangersAtClient: client.strangers,
    unexplainedRequests,
    unexplainedReplies,
    unexplained:
      Math.abs(unexplainedRequests) + Math.abs(unexplainedReplies) + Math.abs(taken - echoed - echoErrors),
  }
}

/** What can be seen of a server that is not ours, beside what the clients count. */
export interface SeenAtTarget {
  /** what the kernel dropped at its sockets in the measured phase, whoever sent it; absent where they cannot be seen */
  drops?: number
  /** requests that met no socket; absent where nobody can know */
  noSocket?: number
}

/** The clients' side of the books, and what can be seen of a server that counts nothing for us. */
export function booksOfTarget(
  client: ClientLedger & { wrongReplies: number },
  { drops, noSocket }: SeenAtTarget,
): Books {
  const { dropped, strangers, ...counts } = client
  const lost = client.sent - client.replied - client.late
  return {
    ...counts,
    lost,
    droppedAtClient: dropped,
    strangersAtClient: strangers,
    ...(drops !== undefined && { droppedAtMembers: drops }),
    ...(noSocket !== undefined && { noSocket: Math.min(lost, noSocket) }),
  }
}
