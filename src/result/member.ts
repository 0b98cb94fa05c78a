import * as z from 'zod'
import { latency, legs } from './latency.js'
import { bytes, count, difference, finite, index, ns, probability } from './scalars.js'

/** What members count for all shards is not of one. */
const ONE_OF_MANY =
  '; absent of one of several shards that a group serves together: it is in what they are merged to'

/** What is known of a process, or thread, that serves. */
const serving = {
  receiveBufferBytes: bytes,
  cpu: index.optional().describe('the CPU it was pinned to; absent where it could run on any'),
  residentBytes: bytes.optional().describe('memory of its process that is in use (resident set)'),
  died: z
    .string()
    .optional()
    .describe('how it ended, if before the run did; absent for one that lived to the end'),
}

/** What a member over TCP did with connections, and what waited for it. */
export const memberConnections = z.object({
  accepted: count.describe('connections that it took off its accept queue in the measured phase'),
  acceptQueueMost: count.describe(
    'the most connections that were seen in its accept queue since it began: by itself as it accepts',
  ),
  acceptQueueLimit: count.describe('the most that the kernel lets wait there'),
  overflows: count.describe(
    'times in the measured phase that the kernel dropped what would have put a connection there, such as a SYN, which clients send again; mostly since it was full (sk_drops of the listener)',
  ),
  leftInQueue: count.describe('connections that were in its accept queue when it stopped'),
})

/** One member of the group. */
export const member = z.object({
  index: index.describe('place in the group, from 0, in the order in which members bound'),
  pid: index.describe('its process'),
  flows: count.describe('flows whose first reply came from this member'),
  taken: count
    .optional()
    .describe(
      "datagrams of this run's measured phase that the member itself counted as taken from its socket" +
        ONE_OF_MANY,
    ),
  echoed: count.optional().describe('of those, the ones that it sent back' + ONE_OF_MANY),
  echoErrors: count.optional().describe('of those, the ones that it could not send back' + ONE_OF_MANY),
  replies: count.describe('replies that the client received in time from this member'),
  late: count.describe('replies that came from it after the deadline'),
  drops: count
    .optional()
    .describe(
      "datagrams the kernel dropped at this member's socket (SO_MEMINFO); behind a front, those that it could not hand on to this member. Absent where members share one socket: whose they would have been, nobody can know. They are in `books.droppedAtMembers`",
    ),
  strangers: count
    .optional()
    .describe(
      'datagrams that were not of this run: taken, counted, not answered; over TCP connections' + ONE_OF_MANY,
    ),
  connections: memberConnections.optional().describe('over TCP; absent over UDP'),
  sent: count
    .optional()
    .describe(
      "requests sent on flows that belong to this member; absent while some flow's member is unknown",
    ),
  unexplained: difference
    .optional()
    .describe(
      '`sent` − taken, dropped and left in its queue; absent where one of these is not known for each member',
    ),
  ...serving,
  receiveBufferBytes: serving.receiveBufferBytes.describe(
    "of the socket it reads; behind a front, the size of its queue (SO_SNDBUF of the front's end)",
  ),
  residual: finite.optional().describe('standardised residual of its flows under a fair hash'),
  residualPValue: probability
    .optional()
    .describe('two-sided p of `residual`, adjusted over the members (Holm)'),
  latency: latency.optional().describe('of the replies in time that came from it'),
  legs: legs.optional().describe('where the time of those replies went'),
  backlog: count
    .optional()
    .describe(
      'requests that had come to its socket and had no reply when the sending ended, dropped ones among them; absent where it has no socket of its own',
    ),
  servedVariation: finite
    .optional()
    .describe(
      'variance over squared mean of the time between reading a request and echoing it; absent where none was answered',
    ),
})

/** The front of `fan-out`: the process that takes from the one UDP socket and hands on to the members. */
export const front = z.object({
  pid: index.describe('its process'),
  taken: count.describe("datagrams of this run's measured phase that it took from the UDP socket"),
  handedOn: count.describe('of those, the ones that it handed on to members'),
  drops: count.describe('datagrams the kernel dropped at the UDP socket (SO_MEMINFO)'),
  strangers: count.describe('datagrams that were not of this run: taken, counted, handed on to nobody'),
  cpuNs: ns.describe('CPU time of its serving thread over the measured phase'),
  ...serving,
  receiveBufferBytes: serving.receiveBufferBytes.describe('of the UDP socket'),
})

export type MemberConnections = z.infer<typeof memberConnections>
export type MemberResult = z.infer<typeof member>
export type FrontResult = z.infer<typeof front>
