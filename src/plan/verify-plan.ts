import { LEAST_EXPECTED } from '../stats/chi-square.js'
import { usageError } from '../errors.js'
import { neededNs, planChanges, quietNs, type PlannedChange } from './change-plan.js'
import type { TimedChange } from './group-change.js'
import { completePlan, type HostFacts, type RunPlan, type RunRequest } from './run-plan.js'
import { CLAIM_IDS, type ClaimId } from './claim-ids.js'
import type { Listen } from './listen.js'
import { defaultOf, flagOf } from './parameters/table.js'
import { portProtocolOf, usualProtocol, type PORT_PROTOCOLS, type Protocol } from './protocol.js'
import { repetitionOf, type Repetition } from './repetition.js'
import { basisOf, type SteeringKind } from './steering.js'

/** What the user asked for: absent where nothing was said. */
export interface VerifyRequest {
  host?: string
  listen?: Listen
  procs?: number
  flows?: number
  steering?: SteeringKind
  protocol?: Protocol
  /** all of them when absent; over TCP those that are of connections too */
  claims?: readonly ClaimId[]
}

/** Every parameter of a verification, with nothing left open. */
export interface VerifyPlan {
  /** address of every group */
  host: string
  listen: Listen
  procs: number
  flows: number
  steering: SteeringKind
  protocol: (typeof PORT_PROTOCOLS)[number]
  claims: ClaimId[]
  /** whether the kernel's hash of each flow is seen while the group changes */
  observeHash: boolean
  /** fresh draws for affinity and balance, and requests on each flow of them */
  repetitions: number
  requestsPerFlow: number
  /** requests per second while the group changes */
  churnRateHz: number
  /** time that a member sleeps for each request, so that the group can be overloaded without using up a CPU */
  serviceTimeNs: number
  /** requests per second of the two runs that are compared: at half of the group's capacity, and at twice of it */
  lightRateHz: number
  overloadRateHz: number
  /** of `facts`, for the plans below */
  facts: HostFacts
}

const REPETITIONS = 8
const REQUESTS_PER_FLOW = 5
/** A client that shares two CPUs with the members keeps to these rates. */
const CHURN_RATE_HZ = 20_000
/** Each request over TCP makes and ends a connection. */
const CONNECTION_RATE_HZ = 4_000
/** Listeners drop no request in an overload: it waits in connections, and its clients with it. */
const OF_DATAGRAMS: ReadonlySet<ClaimId> = new Set(['overload'])
const CAPACITY_HZ = 10_000
const LIGHT_LOAD = 0.5
const OVERLOAD = 2
/** How often each flow has its turn. A group at twice its capacity answers every other request, or fewer. */
const LIGHT_PERIODS = 1
const OVERLOAD_PERIODS = 16
const SHORT_WARMUP_NS = 100e6
/** What the kernel doubles to 212,992 bytes, its usual default: the wait in the queue must not depend on this host. */
const OVERLOAD_BUFFER_BYTES = 106_496
/** Datagrams of this size that such a buffer holds (truesize 832 on loopback), and how much longer than that to wait. */
const QUEUED_DATAGRAMS = 256
const PATIENCE = 3
const LEAST_TIMEOUT_NS = 1e9

/**
 * Fills in what the request leaves open.
 * @param mayObserve whether this user may load an eBPF program
 * @throws RpbenchError (wrong usage) where the claims cannot be put to the test like that
 */
export function completeVerifyPlan(
  request: VerifyRequest,
  facts: HostFacts,
  mayObserve: boolean,
): VerifyPlan {
  const {
    host = defaultOf('host', 'verify'),
    listen = defaultOf('listen', 'verify'),
    procs = defaultOf('procs', 'verify'),
    steering = defaultOf('steering', 'verify'),
    protocol = usualProtocol(false),
  } = request
  const wanted = request.flows ?? defaultOf('flows', 'verify')
  // Of sockets: what is claimed is claimed of flows that have one each.
  const { waveSize, waves } = completePlan(
    { host, listen, procs, flows: wanted, engine: 'epoll', protocol },
    facts,
  )
  if (request.flows !== undefined && waves > 1)
    throw usageError(
      `${flagOf('flows')} ${request.flows} does not fit: all flows are open at once, and the open-file limit leaves ${waveSize}; lower it, or raise the limit with ulimit -n.`,
    )
  const flows = request.flows ?? waveSize
  if (flows < LEAST_EXPECTED * procs)
    throw usageError(
      `${flagOf('flows')} ${flows} is too few to say anything of ${procs} members: ${LEAST_EXPECTED * procs} at least.`,
    )
  const claims = request.claims ?? CLAIM_IDS.filter((id) => protocol === 'udp' || !OF_DATAGRAMS.has(id))
  const ofDatagrams = claims.find((id) => OF_DATAGRAMS.has(id))
  if (protocol !== 'udp' && ofDatagrams !== undefined)
    throw usageError(
      `${flagOf('claims')} ${ofDatagrams} is of datagrams, which full queues drop: over TCP requests wait in connections instead; leave it out, or take ${flagOf('protocol')} udp.`,
    )
  return {
    host,
    listen,
    procs,
    flows,
    steering,
    protocol: portProtocolOf(protocol),
    claims: CLAIM_IDS.filter((id) => claims.includes(id)),
    observeHash: steering === 'hash' && mayObserve,
    repetitions: REPETITIONS,
    requestsPerFlow: REQUESTS_PER_FLOW,
    churnRateHz: protocol === 'tcp' ? CONNECTION_RATE_HZ : CHURN_RATE_HZ,
    serviceTimeNs: (procs * 1e9) / CAPACITY_HZ,
    lightRateHz: LIGHT_LOAD * CAPACITY_HZ,
    overloadRateHz: OVERLOAD * CAPACITY_HZ,
    facts,
  }
}

/** Whether a flow has a member under this steering, so that balance, moves and placements mean something. */
export function placesFlows(plan: Pick<VerifyPlan, 'steering'>): boolean {
  return basisOf(plan) === 'flow'
}

function runPlan(
  { host, listen, procs, flows, steering, protocol, facts }: VerifyPlan,
  request: RunRequest,
): RunPlan {
  // So that the kernel picks a member for each request.
  const connections = protocol === 'tcp' ? { requestsPerConnection: 1 } : {}
  return completePlan({ host, listen, procs, flows, steering, protocol, ...connections, ...request }, facts)
}

/** Independent draw `index` (from 0): a new server port, other source ports, fresh processes. */
export function drawOf(plan: VerifyPlan, index: number): Repetition {
  const first = runPlan(plan, { seed: 1, requests: plan.requestsPerFlow, warmupNs: SHORT_WARMUP_NS })
  return repetitionOf(first, index)
}

/** A run through one change of each kind, each at a time that leaves every flow its turns before it. */
export function churnPlan(plan: VerifyPlan): { plan: RunPlan; changes: PlannedChange[] } {
  const load = { rateHz: plan.churnRateHz, observeHash: plan.observeHash }
  const churn = runPlan(plan, { ...load, durationNs: 0, seed: plan.repetitions + 1 })
  const quiet = quietNs(churn)
  const timed: TimedChange[] = [
    { atNs: quiet, change: { kind: 'add' } },
    { atNs: 2 * quiet, change: { kind: 'remove', member: 0 } },
    { atNs: 3 * quiet, change: { kind: 'restart', member: 1, order: 'stop-then-start' } },
  ]
  const changes = planChanges(plan.procs, timed, flagOf('procs'))
  return { plan: { ...churn, durationNs: neededNs(churn, changes) }, changes }
}

/**
 * One of the two runs that are compared: the same flows on the same ports, so that the hash gives the same, and the
 * same members; only the rate differs. Each is a run of its own, which `rpbench run` can repeat.
 * @param port of the group; 0 for the first run, which takes a free one
 */
export function overloadPlan(plan: VerifyPlan, load: 'light' | 'overload', port: number): RunPlan {
  const [rateHz, turns] =
    load === 'light' ? [plan.lightRateHz, LIGHT_PERIODS] : [plan.overloadRateHz, OVERLOAD_PERIODS]
  return runPlan(plan, {
    port,
    seed: plan.repetitions + 2,
    rateHz,
    arrivals: 'poisson',
    durationNs: Math.max(1e9, Math.ceil((turns * plan.flows * 1e9) / rateHz)),
    warmupNs: SHORT_WARMUP_NS,
    serviceTimeNs: plan.serviceTimeNs,
    serviceKind: 'sleep',
    receiveBufferBytes: OVERLOAD_BUFFER_BYTES,
    timeoutNs: Math.max(LEAST_TIMEOUT_NS, PATIENCE * QUEUED_DATAGRAMS * plan.serviceTimeNs),
  })
}
