import * as z from 'zod'
import { count, difference } from './scalars.js'

/** What nobody counts of a server that is not ours is absent there. */
const THERE = '; absent of a server that is not ours'

/** Where every datagram of the measured phase went. */
export const books = z.object({
  sent: count.describe('requests sent'),
  sendErrors: count.describe('requests that the kernel refused to send; they are not in `sent`'),
  unsent: count.describe('requests that were due but not sent before the run ended (open loop)'),
  taken: count.optional().describe('datagrams that members took from their sockets' + THERE),
  echoed: count.optional().describe('of those, the ones that they sent back' + THERE),
  echoErrors: count.optional().describe('of those, the ones that they could not send back' + THERE),
  replied: count.describe('replies in time'),
  late: count.describe('replies after the deadline'),
  duplicates: count.describe('replies to a request that had one already'),
  replayed: count
    .optional()
    .describe(
      'requests that came to members a second time: copies, which they answered again (`duplicates`)',
    ),
  replayedUnheard: count
    .optional()
    .describe(
      'of those, sent again when the flow that they came from had closed: the reply met no socket (NoPorts), and nobody heard it',
    ),
  wrongReplies: count
    .optional()
    .describe(
      'replies that are not what was to come for their request: an echo that was changed, another question; absent of members of ours',
    ),
  reordered: count.describe('replies that overtook another of their flow'),
  lost: count.describe('sent, and no reply by the end'),
  droppedAtMembers: count
    .optional()
    .describe(
      "dropped by the kernel at the members' sockets; where there is one for all, at that; with a front, at its socket and in handing on. Over TCP: on connections that clients saw established and that never came to an accept queue, as it was full" +
        THERE,
    ),
  droppedAtClient: count.describe(
    "replies dropped by the kernel at the client's sockets, or at its TUN devices",
  ),
  droppedAtDevices: count
    .optional()
    .describe(
      'of those, the ones that the TUN devices which flows share had no room for (tx_dropped); absent where they have sockets',
    ),
  leftAtMembers: count
    .optional()
    .describe(
      "datagrams still in a member's or the front's queue when its socket was closed, after the drain's bound" +
        THERE,
    ),
  noSocket: count
    .optional()
    .describe(
      'requests that met no socket, since nobody was bound: NoPorts of /proc/net/snmp or snmp6, at most those that are in no count above; 0 where no flow heard of it' +
        THERE,
    ),
  atStrangers: count
    .optional()
    .describe(
      "requests that sockets of others on the group's port are known to have got: dropped at them or in their queues, at most those that are in no count above",
    ),
  reckonedAtStrangers: count
    .optional()
    .describe(
      "requests in no other count, where sockets of others were on the group's port: the rest, which they must have read, had dropped since they were last seen, or closed with. Reckoned, not counted, and with what closed with a socket of the group",
    ),
  closedWithSocket: count
    .optional()
    .describe(
      "requests in no other count, where nobody else was on the port and a member's or the front's socket was closed in the measured phase, or one of them could not stop by itself: the rest, which was in the socket or in its hands then, or dropped after its last count" +
        THERE,
    ),
  lostOnWayThere: count
    .optional()
    .describe(
      'requests that left the client and are in no count of the members or of their kernel: lost on the network between both, or at an interface or a packet filter of either. Absent where no network is between them',
    ),
  lostOnWayBack: count.optional().describe('the same of replies'),
  strangersAtMembers: count.optional().describe('datagrams at members that were not of this run' + THERE),
  strangersAtClient: count.describe('datagrams at clients that did not parse or were of another run'),
  unexplainedRequests: difference
    .optional()
    .describe(
      'sent + replayed − taken − droppedAtMembers − leftAtMembers − noSocket − atStrangers − reckonedAtStrangers − closedWithSocket − lostOnWayThere' +
        THERE,
    ),
  unexplainedReplies: difference
    .optional()
    .describe(
      'echoed − replied − late − duplicates − droppedAtClient − replayedUnheard − lostOnWayBack' + THERE,
    ),
  unexplained: count
    .optional()
    .describe(
      '|unexplainedRequests| + |unexplainedReplies| + |taken − echoed − echoErrors|: 0 on loopback' + THERE,
    ),
})

/** Connections as the kernel counted them, and what it must at least have counted by our own counts. */
const tcpCrossCheck = z.object({
  activeOpens: difference.describe('Tcp ActiveOpens of this network namespace (/proc/net/snmp)'),
  passiveOpens: difference.describe('Tcp PassiveOpens of this network namespace'),
  estabResets: difference.describe(
    'Tcp EstabResets of this network namespace, where a connection over loopback has two ends',
  ),
  ourActiveOpens: count.describe(
    'connections that the client began to open, but for those that failed at once',
  ),
  ourPassiveOpens: count.optional().describe('connections that members accepted' + THERE),
  ourEstabResets: count.describe('connections that the client closed, by a reset'),
})

/** The same counts from elsewhere, over the measured phase. */
export const crossCheck = z.object({
  tcp: tcpCrossCheck
    .optional()
    .describe(
      'connections, in place of datagrams. Other traffic shows in it; only where flows are connections',
    ),
  snmpInDatagrams: difference
    .optional()
    .describe(
      'Udp InDatagrams of this network namespace, of the families that the group takes (/proc/net/snmp, snmp6). Other traffic shows in it',
    ),
  snmpReceiveBufferErrors: difference
    .optional()
    .describe(
      'Udp RcvbufErrors of this network namespace, of the families that the group takes (/proc/net/snmp, snmp6). Other traffic shows in it',
    ),
  ourInDatagrams: count
    .optional()
    .describe(
      'what `snmpInDatagrams` must at least be by our own counts; absent where flows are connections',
    ),
  ourDrops: count
    .optional()
    .describe(
      'what `snmpReceiveBufferErrors` must at least be by our own counts; absent where flows are connections',
    ),
  procNetUdpDrops: count
    .optional()
    .describe(
      "sum over the group's UDP sockets of the drops column in /proc/net/udp and udp6, since they were opened",
    ),
  listenOverflows: difference
    .optional()
    .describe(
      'over TCP: ListenOverflows of this network namespace (/proc/net/netstat). Other listeners show in it',
    ),
  listenDrops: difference
    .optional()
    .describe('over TCP: ListenDrops likewise; what members count is `members[].connections.overflows`'),
  synRetransmits: difference
    .optional()
    .describe(
      'over TCP: TCPSynRetrans likewise: what asked for a connection, or answered that, and was sent again, a second later at the earliest, since it had been dropped',
    ),
  meminfoDrops: count.optional().describe('the same sum of the drops in SO_MEMINFO' + THERE),
  server: z
    .object({
      snmpInDatagrams: difference.describe('Udp InDatagrams of the network namespace of the group'),
      snmpReceiveBufferErrors: difference.describe('and Udp RcvbufErrors'),
      ourInDatagrams: count.describe('what `snmpInDatagrams` must at least be by the counts of members'),
      ourDrops: count.describe('what `snmpReceiveBufferErrors` must at least be by the counts of members'),
    })
    .optional()
    .describe(
      'the same where another rpbench serves the group; what stands beside it is of the client alone then',
    ),
})

export type Books = z.infer<typeof books>

/** What a group counts that tells what it does. */
type CountedThere =
  | 'taken'
  | 'echoed'
  | 'echoErrors'
  | 'droppedAtMembers'
  | 'leftAtMembers'
  | 'noSocket'
  | 'closedWithSocket'
  | 'strangersAtMembers'
  | 'unexplainedRequests'
  | 'unexplainedReplies'
  | 'unexplained'

/** The books of such a group. */
export type CountedBooks = Books & { [Key in CountedThere]: number }

export type CrossCheck = z.infer<typeof crossCheck>
