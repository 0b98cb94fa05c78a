import { balanceBooks, booksOfTarget, type ClientLedger } from '../analysis/books/ledger.js'
import { datagramsAt } from '../analysis/books/strangers.js'
import type { UnknownMembers } from '../recording/group-recording.js'
import type { Recording } from '../recording/recording.js'
import type { WorkerReport } from '../recording/worker-report.js'
import type { Books } from '../result/run-result.js'
import { connectionCountsOf } from './connections.js'
import { sum } from './figures.js'
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
    strangers: total((r) => r.strangers),
    wrongReplies: total((r) => r.wrongReplies ?? 0),
  }
}

/** What the kernel dropped at the sockets of a server that is not ours; undefined where they cannot be seen. */
export function dropsOfUnknown({ sockets }: UnknownMembers): number | undefined {
  return sockets && sum(sockets.map(({ drops }) => drops))
}

/** Where every datagram went, by what the client, the servers and, of a port without a socket, the kernel counted. */
export function booksOf(
  { plan, reports, group, host, strangers, servedBy }: Recording,
  { members, ahead }: ServerLedgers,
): Books {
  // The kernel's count is of all ports: it is ours only where our flows heard that nobody was there.
  const heard = reports.some(({ refused }) => refused > 0)
  if (group.unknown) {
    const drops = dropsOfUnknown(group.unknown)
    return booksOfTarget(clientLedger(reports), {
      ...(drops !== undefined && { drops }),
      ...(!plan.remote && { noSocket: heard ? (host.snmp?.noPorts ?? 0) : 0 }),
    })
  }
  const { wrongReplies: _, ...client } = clientLedger(reports)
  const connections = connectionCountsOf({ reports })
  // Where the group is.
  const { snmp } = group.seenThere?.host ?? host
  return balanceBooks(client, members, ahead, {
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
  })
}
