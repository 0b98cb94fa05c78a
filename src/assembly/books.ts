import {
  balanceBooks,
  booksOfTarget,
  type ClientLedger,
  type MemberLedger,
} from '../analysis/books/ledger.js'
import { datagramsAt } from '../analysis/books/strangers.js'
import type { UnknownMembers } from '../recording/group-recording.js'
import { devicesOf } from '../recording/flow-sources.js'
import type { ConnectionCounts } from '../recording/connection-counts.js'
import type { Recording } from '../recording/recording.js'
import type { WorkerReport } from '../recording/worker-report.js'
import type { Books } from '../result/run-result.js'
import { connectionCountsOf } from './connections.js'
import { sum } from './figures.js'
import { memberConnectionsOf } from './member-connections.js'
import type { ServerLedgers } from './server-ledgers.js'

/** The counts of all workers together. */
function clientLedger(reports: readonly WorkerReport[]): ClientLedger & { wrongReplies: number } {
  const total = (count: (report: WorkerReport) => number): number => sum(reports.map(count))
  return {
    sent: total((r) => sum(r.sent)),
    sendErrors: total((r) => r.sendErrors),
    unsent: total((r) => r.unsent),
    replied: total((r) => sum(r.replied)),
    late: total((r) => sum(r.late)),
    duplicates: total((r) => r.duplicates),
    reordered: total((r) => r.reordered),
    dropped: total((r) => r.dropped),
    ...(devicesOf(reports) > 0 && { droppedAtDevices: total((r) => r.dropped) }),
    strangers: total((r) => r.strangers),
    wrongReplies: total((r) => r.wrongReplies ?? 0),
  }
}

/** What the kernel dropped at the sockets of a server that is not ours; undefined where that cannot be seen. */
export function dropsOfUnknown({ sockets }: UnknownMembers): number | undefined {
  const drops = sockets?.flatMap((socket) => socket.drops ?? [])
  return drops && drops.length === sockets?.length ? sum(drops) : undefined
}

/**
 * Over TCP, requests on connections that clients saw established while the accept queue was full: the kernel dropped what
 * completes a connection on the server's side, and with it what was sent on it, each at least once. What waited at a listener
 * that closed is lost with that.
 */
function droppedWithConnections(
  { lives }: Recording['group'],
  connections: ConnectionCounts | undefined,
  sent: number,
  members: readonly MemberLedger[],
): number {
  const overflows = memberConnectionsOf(lives)?.overflows ?? 0
  if (connections === undefined || overflows === 0) return 0
  const closed = sum(lives.map(({ gone, after }) => (gone ? (after.connections?.acceptQueue ?? 0) : 0)))
  const counted = sum(members.map(({ taken, left }) => taken + left))
  return Math.max(0, Math.min(sent - counted - closed - connections.unwritten, overflows))
}

/** Where every datagram went, by what the client, the servers and, of a port without a socket, the kernel counted. */
export function booksOf(
  { plan, reports, group, host, strangers, servedBy, allShards }: Recording,
  { members, ahead }: ServerLedgers,
): Books {
  // The kernel's count is of all ports: it is ours only where our flows heard that nobody was there.
  const heard = reports.some(({ refused }) => refused > 0)
  const connections = connectionCountsOf({ reports })
  if (group.unknown) {
    const drops = dropsOfUnknown(group.unknown)
    return booksOfTarget(clientLedger(reports), {
      ...(drops !== undefined && { drops }),
      ...(connections
        ? { noSocket: connections.unwritten }
        : !plan.remote && { noSocket: heard ? (host.snmp?.noPorts ?? 0) : 0 }),
    })
  }
  const { wrongReplies, ...client } = clientLedger(reports)
  if (allShards) {
    // Members of ours send no reply that is none.
    const { wrongReplies: _, ...books } = booksOfTarget({ ...client, wrongReplies }, {})
    return books
  }
  // Where the group is.
  const { snmp } = group.seenThere?.host ?? host
  const dropped = droppedWithConnections(group, connections, client.sent, members)
  return balanceBooks(
    client,
    members,
    { ...ahead, drops: ahead.drops + dropped },
    {
      // Of requests that were to go over connections, the client knows itself.
      noSocket: connections?.unwritten ?? (heard ? (snmp?.noPorts ?? 0) : 0),
      noPorts: snmp?.noPorts ?? 0,
      atStrangers: datagramsAt(strangers, plan.payloadBytes),
      shared: strangers.length > 0,
      closed:
        // One that was cut off may have had a batch in its hands that it had not begun to count.
        group.lives.some(({ gone, cutOff }) => gone || cutOff) ||
        group.front?.died !== undefined ||
        group.front?.uncounted === true,
      network: servedBy?.sameNetwork === false && group.goneSince === undefined,
    },
  )
}
