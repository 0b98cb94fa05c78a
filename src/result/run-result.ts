import { z } from 'zod'
import { ENGINES } from '../plan/engine.js'
import { DISPATCHES } from '../plan/dispatch.js'
import { STEERINGS } from '../plan/steering.js'
import { imbalance } from './imbalance.js'

/**
 * The result of `rpbench run`, schema `rpbench/run@1`. Names are camelCase with their unit, counts are
 * integers, a thing that was not measured is absent (never null, never NaN). Adding an optional field keeps
 * the version; removing or changing one raises it.
 */
export const RUN_SCHEMA = 'rpbench/run@1'

const count = z.int().nonnegative()
const ns = z.int().nonnegative()
const finite = z.number()

/** Exact min, max and mean of the recorded values; percentiles to three significant digits. */
export const latencySummary = z.object({
  count,
  minNs: ns,
  meanNs: finite,
  p50Ns: ns,
  p90Ns: ns,
  p99Ns: ns,
  p999Ns: ns,
  maxNs: ns,
})

/** `service`: actual send to reply. `response`: intended send to reply; only where a schedule exists. */
const latency = z.object({ service: latencySummary, response: latencySummary.optional() })

/** Where the time of a request went; each leg from the clock that both sides share. */
const legs = z.object({
  /** client's send → arrival in the member's socket queue (kernel receive timestamp) */
  request: latencySummary.optional(),
  /** arrival in the queue of the UDP socket → read by the member, by way of the front where there is one */
  queue: latencySummary.optional(),
  /** read by the member → echoed by it */
  server: latencySummary,
  /** echoed → read by the client */
  reply: latencySummary,
})

export const member = z.object({
  index: count,
  pid: count,
  /** flows whose first reply came from this member */
  flows: count,
  /** datagrams of this run's measured phase that the member itself counted as taken from its socket */
  packets: count,
  echoed: count,
  echoErrors: count,
  /** replies that the client received in time from this member */
  replies: count,
  late: count,
  /**
   * datagrams the kernel dropped at this member's socket (SO_MEMINFO); behind a front, those that it could not hand on
   * to this member. Absent where members share one socket: whose they would have been, nobody can know. They are in
   * `books.droppedAtMembers`.
   */
  drops: count.optional(),
  /** datagrams that were not of this run: taken, counted, not answered */
  strangers: count,
  /** requests sent on flows that belong to this member; absent while some flow's member is unknown */
  sent: count.optional(),
  unexplained: z.int().optional(),
  /** of the socket it reads; behind a front, the size of its queue (SO_SNDBUF of the front's end) */
  receiveBufferBytes: count,
  /** the CPU it was pinned to; absent where it could run on any */
  cpu: count.optional(),
  residentBytes: count.optional(),
  /** standardised residual of `flows` under a fair hash, and its Holm-adjusted two-sided p */
  residual: finite.optional(),
  residualPValue: finite.optional(),
  latency: latency.optional(),
  legs: legs.optional(),
  /** absent for a member that lived to the end */
  died: z.string().optional(),
})

const effectBand = z.object({ expected: finite, p95: finite, p99: finite })

export const balance = z.object({
  flows: count,
  members: count,
  chiSquare: finite,
  degreesOfFreedom: count,
  pValue: finite,
  method: z.enum(['chi-square', 'monte-carlo']),
  /** draws of the Monte-Carlo test, where it was used */
  draws: count.optional(),
  maxOverMean: finite,
  minOverMean: finite,
  /** population coefficient of variation of flows per member (= Cohen's w) */
  cv: finite,
  cramersV: finite,
  jain: finite,
  /** what a fair hash gives at this number of flows and members (model, not measured) */
  fairBand: z.object({ maxOverMean: effectBand, minOverMean: effectBand, cv: effectBand }),
  /** smallest Cohen's w found with 80 % power at `alpha`, and the bound below which skew does not matter */
  power: z.object({ detectableW: finite, flowsForEffectBound: count }),
  alpha: finite,
  effectBoundW: finite,
  verdict: z.enum(['fair', 'skewed', 'too-even', 'underpowered']),
})

export const affinity = z.object({
  flows: count,
  /** flows seen at more than one member */
  moved: count,
  /** flows that never got a reply, so that their member is unknown */
  unseen: count,
  /** false under a steering that does not go by flow: then no flow that moved is a violation. Otherwise absent. */
  expected: z.literal(false).optional(),
  violations: z.array(
    z.object({
      flow: count,
      protocol: z.enum(['udp', 'tcp']),
      sourceAddress: z.string(),
      sourcePort: count,
      destinationAddress: z.string(),
      destinationPort: count,
      members: z.array(count),
    }),
  ),
})

/** Flows whose hash was observed, and those of them that are at the member that it predicts. */
export const hashPlacement = z.object({ observed: count, predicted: count })

export const books = z.object({
  sent: count,
  sendErrors: count,
  /** requests that were due but not sent before the run ended (open loop) */
  unsent: count,
  taken: count,
  echoed: count,
  echoErrors: count,
  replied: count,
  late: count,
  duplicates: count,
  reordered: count,
  /** sent, and no reply by the end */
  lost: count,
  /** at the members' sockets; where there is one for all, at that; with a front, at its socket and in handing on */
  droppedAtMembers: count,
  droppedAtClient: count,
  /** datagrams still in a member's or the front's queue when its socket was closed, after the drain's bound */
  leftAtMembers: count,
  /** datagrams at members that were not of this run, and at clients that did not parse or were of another run */
  strangersAtMembers: count,
  strangersAtClient: count,
  unexplainedRequests: z.int(),
  unexplainedReplies: z.int(),
  /** |unexplainedRequests| + |unexplainedReplies| + |taken − echoed − echoErrors| */
  unexplained: count,
})

/** How packets spread; descriptive, since packets of one flow go together: the unit of the test is the flow. */
export const packetBalance = z.object({
  /** population coefficient of variation of packets per member */
  cv: finite,
  /** (Σw)² / Σw² over the packets w sent on each flow */
  effectiveFlows: finite,
  /** CV that a fair hash gives with these flows' weights (model): expected, and its 95 % and 99 % bounds */
  fairCv: effectBand,
  /** `even`: as equal flows would give; `heavy-flows`: uneven, and these weights explain it; `unexplained`: they do not */
  verdict: z.enum(['even', 'heavy-flows', 'unexplained']),
})

/** The same counts from elsewhere, over the measured phase. Other traffic of this host shows in the SNMP ones. */
export const crossCheck = z.object({
  /** /proc/net/snmp, this network namespace: Udp InDatagrams and RcvbufErrors */
  snmpInDatagrams: z.int().optional(),
  snmpReceiveBufferErrors: z.int().optional(),
  /** what those two must at least be by our own counts */
  ourInDatagrams: count,
  ourDrops: count,
  /** sum over the group's UDP sockets of the drops column in /proc/net/udp, and of SO_MEMINFO, since they were opened */
  procNetUdpDrops: count.optional(),
  meminfoDrops: count,
})

/** The front of `fan-out`: the process that takes from the one UDP socket and hands on to the members. */
export const dispatcher = z.object({
  pid: count,
  /** datagrams of this run's measured phase that it took from the UDP socket, and that it handed on to members */
  taken: count,
  handedOn: count,
  /** datagrams the kernel dropped at the UDP socket (SO_MEMINFO) */
  drops: count,
  /** datagrams that were not of this run: taken, counted, handed on to nobody */
  strangers: count,
  /** CPU time of its serving thread over the measured phase */
  cpuNs: ns,
  receiveBufferBytes: count,
  /** the CPU it was pinned to; absent where it could run on any */
  cpu: count.optional(),
  residentBytes: count.optional(),
  /** absent for one that lived to the end */
  died: z.string().optional(),
})

/** A property of the run that was measured and held against a limit, whether it passed or not. */
export const check = z.object({
  code: z.string(),
  measured: finite,
  limit: finite,
  passed: z.boolean(),
})

export const finding = z.object({
  code: z.string(),
  severity: z.enum(['note', 'suspect', 'invalid']),
  message: z.string(),
  measured: finite.optional(),
  limit: finite.optional(),
  nextStep: z.string().optional(),
})

/** The load's side of the machine. */
export const client = z.object({
  engine: z.enum(ENGINES).optional(),
  /** the CPU that each client thread was pinned to; absent where they could run on any */
  cpus: z.array(count).optional(),
})

export const runResult = z.object({
  schema: z.literal(RUN_SCHEMA),
  tool: z.object({ name: z.literal('rpbench'), version: z.string() }),
  host: z.object({
    hostname: z.string(),
    kernel: z.string(),
    arch: z.string(),
    cpus: count,
    cpuModel: z.string(),
    memoryBytes: count,
    node: z.string(),
  }),
  startedAt: z.iso.datetime(),
  /** length of the measured phase */
  durationNs: ns,
  /** ended before its time: what stopped it */
  stopped: z.enum(['interrupted', 'failed']).optional(),
  failure: z.string().optional(),
  plan: z.object({
    supplied: z.record(z.string(), z.unknown()),
    effective: z.record(z.string(), z.unknown()),
  }),
  group: z.object({
    protocol: z.enum(['udp', 'tcp']),
    family: z.enum(['ipv4', 'ipv6']),
    address: z.string(),
    port: count,
    server: z.enum(['processes', 'threads']),
    /** how datagrams come to the members; `reuseport` when absent */
    dispatch: z.enum(DISPATCHES).optional(),
    /** what picks the member of a datagram; the kernel's hash when absent */
    steering: z.enum(STEERINGS).optional(),
  }),
  members: z.array(member),
  dispatcher: dispatcher.optional(),
  client: client.optional(),
  /** absent when no flow got a reply, and under a steering that does not go by flow: then chance does not spread them */
  balance: balance.optional(),
  affinity,
  hash: hashPlacement.optional(),
  latency: latency.optional(),
  legs: legs.optional(),
  throughput: z.object({
    roundTripsPerSecond: finite,
    /** open loop only */
    offeredPerSecond: finite.optional(),
    /** requests sent per second */
    achievedPerSecond: finite,
    /** CPU time that a round trip took, ns: of the client's threads while they sent, and of the members with their front */
    cpuPerRoundTripNs: z.object({ client: finite, members: finite }).optional(),
  }),
  books,
  packetBalance: packetBalance.optional(),
  /** absent under a steering that does not go by flow, and when a member died or nothing was answered */
  imbalance: imbalance.optional(),
  /** open loop only: how far behind its intended time each request was sent */
  schedule: z
    .object({ rateHz: finite, arrivals: z.enum(['constant', 'poisson']), lag: latencySummary })
    .optional(),
  crossCheck: crossCheck.optional(),
  validity: z.object({
    verdict: z.enum(['valid', 'suspect', 'invalid']),
    findings: z.array(finding),
    checks: z.array(check),
  }),
  startup: z.object({ groupNs: ns, flowsNs: ns, warmupNs: ns, firstMeasuredPacketNs: ns }).optional(),
  clientResidentBytes: count.optional(),
})

export type LatencySummary = z.infer<typeof latencySummary>
export type Latency = z.infer<typeof latency>
export type Legs = z.infer<typeof legs>
export type MemberResult = z.infer<typeof member>
export type Dispatcher = z.infer<typeof dispatcher>
export type Balance = z.infer<typeof balance>
export type Affinity = z.infer<typeof affinity>
export type HashPlacement = z.infer<typeof hashPlacement>
export type Books = z.infer<typeof books>
export type PacketBalance = z.infer<typeof packetBalance>
export type CrossCheck = z.infer<typeof crossCheck>
export type Finding = z.infer<typeof finding>
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
