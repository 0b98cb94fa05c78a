import { flagOf } from '../plan/parameters/table.js'
import * as z from 'zod'
import { DISPATCHES } from '../plan/dispatch.js'
import { ENGINES } from '../plan/engine.js'
import { STEERINGS } from '../plan/steering.js'
import { FAMILIES } from '../plan/transport.js'
import { affinity, protocol } from './affinity.js'
import { balance, hashPlacement, takenBalance } from './balance.js'
import { books, crossCheck } from './books.js'
import { connections } from './connections.js'
import { host, measuredEnvelope } from './envelope.js'
import { commands } from './command.js'
import { histograms } from './histograms.js'
import { intervals } from './interval.js'
import { plannedRun } from './plan-schema.js'
import { imbalance } from './imbalance.js'
import { latency, latencySummary, legs } from './latency.js'
import { front, member } from './member.js'
import { bytes, count, index, meanNs, ns, rate } from './scalars.js'
import { keptShard, mergedShards } from './shard.js'
import { standstill } from './silence.js'
import { stranger } from './stranger.js'
import { answers, statuses, targetCost, targetSockets, targetUncounted } from './target.js'
import { thresholds } from './thresholds.js'
import { validity } from './validity.js'
import { RUN_SCHEMA } from './schema-names.js'

export type { Affinity, KnownAffinity } from './affinity.js'
export type { Balance, HashPlacement, TakenBalance } from './balance.js'
export type { Books, CountedBooks, CrossCheck } from './books.js'
export type { IntervalMark, IntervalMember, IntervalResult } from './interval.js'
export type { Latency, LatencySummary, Legs } from './latency.js'
export type { FrontResult, MemberResult } from './member.js'
export type { LeftBehindResult, SilenceResult } from './silence.js'
export type { Finding } from './validity.js'

/** Where a group is, and how datagrams come to its members. */
export const group = z.object({
  protocol: protocol.describe('of its port'),
  family: z.enum(FAMILIES).describe('of its address'),
  address: z.string().describe('address that it is bound to'),
  port: index.describe('port that its members share'),
  server: z
    .enum(['processes', 'threads'])
    .optional()
    .describe('what a member is; absent of a server that is not ours'),
  membersUnknown: z
    .literal(true)
    .optional()
    .describe(
      'it is a server that is not ours, and nobody tells which member of it answers; absent otherwise',
    ),
  dispatch: z
    .enum(DISPATCHES)
    .optional()
    .describe('how datagrams come to the members; `reuseport` when absent'),
  steering: z
    .enum(STEERINGS)
    .optional()
    .describe("what picks the member of a datagram; the kernel's hash when absent"),
})

export const throughput = z.object({
  roundTripsPerSecond: rate.describe('replies that came while requests were sent'),
  offeredPerSecond: rate.optional().describe('requests that were due; only in an open loop'),
  achievedPerSecond: rate.describe('requests sent'),
  connectionsPerSecond: rate
    .optional()
    .describe('connections that came about; only where flows are connections'),
  backlog: count.optional().describe('requests that were sent and had no reply when the sending ended'),
  cpuPerRoundTripNs: z
    .object({
      client: meanNs.describe("of the client's threads, while they sent"),
      members: meanNs
        .optional()
        .describe('of the members, with their front; absent of a server that is not ours'),
    })
    .optional()
    .describe('CPU time that a round trip took; absent where there was none'),
})

/** Who serves a group that is not run by the client. */
const server = z.object({
  version: z.string().describe('of the rpbench there'),
  controlPort: index.describe('TCP port over which its counts came'),
  sameHost: z
    .boolean()
    .describe(
      'whether that is on the host of the client: what one of them takes of the CPU, the other lacks',
    ),
  sameNetwork: z
    .boolean()
    .describe(
      'and in the same network namespace: then there is no way between both on which datagrams could be lost',
    ),
  host: host.describe('where the group is'),
})

/** How an open loop kept its schedule. */
export const schedule = z.object({
  rateHz: rate.describe('requests a second that were asked for'),
  arrivals: z.enum(['constant', 'poisson']).describe('how intended times follow one another'),
  lag: latencySummary.describe('how far behind its intended time each request was sent'),
})

/** What ended a run before its time, and how long it measured. */
export const course = {
  durationNs: ns.describe('length of the measured phase'),
  stopped: z
    .enum(['interrupted', 'failed'])
    .optional()
    .describe(
      'what ended it before its time; `failed` also where nobody answered; absent where it came to its end',
    ),
  failure: z.string().optional().describe('what failed, as a sentence'),
}

export const runResult = z.object({
  ...measuredEnvelope(RUN_SCHEMA),
  ...course,
  plan: plannedRun,
  group: group.describe('where the group is, and how datagrams come to its members'),
  allShards: z
    .object({
      runId: z.string().describe('number of the run that they send together; another one each time'),
      shards: count.describe('how many they are'),
      lost: z.array(count).describe('those that had left before the end, by their number'),
    })
    .optional()
    .describe(
      'one group served several shards of a plan, this one among them: what it counted is of all of them and in no count here; `rpbench merge` puts them together. Absent of any other run',
    ),
  server: server.optional().describe('the rpbench that serves the group; absent where this one runs it'),
  members: z.array(member).describe('the members of the group, by index'),
  front: front
    .optional()
    .describe('the process that hands on to the members; only with the dispatch `fan-out`'),
  ...standstill,
  client: z
    .object({
      engine: z.enum(ENGINES).optional().describe('how it sends and receives'),
      sockets: count.optional().describe('that all flows share; absent where each has one'),
      devices: count
        .optional()
        .describe(
          'TUN devices that all flows share, in a network namespace made for the run; absent where they have sockets',
        ),
      cpus: z
        .array(index)
        .optional()
        .describe('the CPU that each client thread was pinned to; absent where they could run on any'),
    })
    .optional()
    .describe("the load's side of the machine"),
  balance: balance
    .optional()
    .describe(
      'how flows spread over members; absent when no flow got a reply, and under a steering that does not go by flow: then chance does not spread them',
    ),
  targetSockets,
  targetUncounted,
  targetCost,
  commands,
  answers,
  statuses,
  affinity: affinity.describe('whether each flow stayed at one member'),
  hash: hashPlacement
    .optional()
    .describe('whether flows are where their hash puts them; absent where hashes were not observed'),
  latency: latency.optional().describe('of the replies in time; absent without any'),
  legs: legs
    .optional()
    .describe('where the time of a request went; each leg from the clock that both sides share'),
  throughput: throughput.describe('requests and round trips a second, and what they took of the CPU'),
  strangers: z
    .array(stranger)
    .optional()
    .describe(
      "sockets of others that were on the group's port, and got a part of its flows; absent without any",
    ),
  connections: connections
    .optional()
    .describe('what became of connections; only where flows are connections, whose requests are in `books`'),
  books: books.describe('where every datagram of the measured phase went'),
  takenBalance: takenBalance
    .optional()
    .describe(
      'how the datagrams that members took spread; absent when none was taken, and under a steering that does not go by flow',
    ),
  imbalance: imbalance
    .optional()
    .describe(
      'whether members get and deliver alike, and why not; absent under a steering that does not go by flow, when a member died or stood still to the end, and when nothing was taken or nobody answered',
    ),
  schedule: schedule.optional().describe('how an open loop kept its schedule; absent in a closed one'),
  crossCheck: crossCheck.optional().describe("the same counts from the kernel's own books"),
  validity: validity.describe('whether this run can be trusted'),
  thresholds,
  intervals,
  startup: z
    .object({
      groupNs: ns.describe('to start the group, until all members were bound'),
      flowsNs: ns.describe('to open the flows of the first wave, after that'),
      warmupNs: ns.describe('length of the warm-up, after that'),
      firstMeasuredPacketNs: ns.describe(
        'from the start of the process until the first request of the measured phase was sent; 0 where none was',
      ),
    })
    .optional()
    .describe('how long the start took'),
  clientResidentBytes: bytes
    .optional()
    .describe("memory of the client's process that is in use (resident set)"),
  shard: keptShard
    .optional()
    .describe(
      `of one part of a plan (\`${flagOf('shard')}\`), what merging needs of it; absent of a whole one`,
    ),
  shards: mergedShards
    .optional()
    .describe('the parts that this was merged of (`rpbench merge`); absent of what was measured as one'),
  histograms: histograms
    .optional()
    .describe('the times themselves, to be merged and asked later; absent where no reply came in time'),
})

export type RunResult = z.infer<typeof runResult>

/** One row of the flows CSV. `member` is −1 while unknown. */
export interface FlowRow {
  flow: number
  sourceAddress: string
  sourcePort: number
  member: number
  sent: number
  replied: number
  lost: number
  moved: boolean
}
