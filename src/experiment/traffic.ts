import { flagOf } from '../plan/parameters/table.js'
import { RpbenchError, usageError } from '../errors.js'
import { readTextFile } from '../files/text-file.js'
import { isFenced, isLocalAddress, loopbackIsUp, mayBind, sourceTowards } from '../host/addresses.js'
import { firstUnprivilegedPort } from '../host/limits.js'
import { sharesSockets, usesDevice } from '../plan/engine.js'
import { disjointComputedDraws, planComputedFlows, type ComputedFlowsInput } from '../plan/computed-flows.js'
import { disjointDraws, planFlows, type FlowPlan, type FlowPlanInput } from '../plan/flow-plan.js'
import { parseQueries, questionsOf, USUAL_QUERIES, type Questions } from '../plan/questions.js'
import type { RunPlan } from '../plan/run-plan.js'
import { dividedOf, weightedPart } from '../plan/shard.js'
import { boundTo } from '../plan/transport.js'
import type { Recording } from '../recording/recording.js'
import { flowWeights, parseWeights } from '../plan/weights.js'
import { FAMILY_NAMES, familyOf, isLoopback, networkOf, type Family } from '../units/addresses.js'

/** What a run sends from, and how often: all that is decided before anything starts. */
export interface Traffic {
  flowPlan: FlowPlan
  /** one a flow; all alike when absent */
  weights: Float64Array | undefined
  /** of a part of a plan, requests per second by what its flows weigh; absent where the plan's is that */
  rateHz?: number
  /** of DNS; absent of any other protocol */
  questions?: Questions
}

const readWeightFile = (path: string): string =>
  readTextFile(
    path,
    (why) =>
      `${flagOf('weights')} is uniform, zipf:S, or a file with a weight a line, and "${path}" cannot be read: ${why}.`,
  )

/** Where to find local addresses. IPv6 has one to begin with. */
const HOW_TO_HAVE_ONE: Readonly<Record<Family, (wanted: string) => string>> = {
  ipv4: () => 'one of 127.0.0.0/8',
  ipv6: (wanted) =>
    `::1, or have root make a whole prefix local (ip -6 route add local ${networkOf(wanted, 64)} dev lo)`,
}

function foreignAddress(address: string): RpbenchError {
  if (isLoopback(address) && !loopbackIsUp())
    return new RpbenchError(
      'RPB_HOST',
      'The loopback interface is down here, as it is in a new network namespace: ip link set lo up.',
    )
  return new RpbenchError(
    'RPB_ADDRESS',
    `${address} is not an address of this host: give one that is, such as ${HOW_TO_HAVE_ONE[familyOf(address)](address)}.`,
  )
}

/** Refuses ports that this user may not take, of which the lowest are the first. */
function refusePrivileged(
  key: 'port' | 'sourcePorts',
  address: string,
  [first, last]: readonly [number, number],
): void {
  if (mayBind(address, first)) return
  const ports = first === last ? String(first) : `${first}-${last}`
  throw usageError(
    `${flagOf(key)} ${ports} takes root or CAP_NET_BIND_SERVICE: choose ports from ${firstUnprivilegedPort()} on (net.ipv4.ip_unprivileged_port_start).`,
  )
}

/** From where a plan's flows may come. */
function sourcesOf(plan: RunPlan): FlowPlanInput {
  return {
    flows: dividedOf(plan).flows,
    ports: plan.sourcePorts,
    seed: plan.seed,
    ...(plan.sourceAddresses && { addresses: plan.sourceAddresses }),
    firstAddress: plan.host,
  }
}

/** The same where flows share sockets. */
function computedSourcesOf(plan: RunPlan): ComputedFlowsInput {
  const { flows, inFlight, rateHz } = dividedOf(plan)
  const { sourcePorts: ports, seed, shard } = plan
  const workers = plan.workers * (shard?.count ?? 1)
  const [family, device] = [familyOf(plan.host), usesDevice(plan.engine)]
  return { flows, ports, seed, workers, family, ...(rateHz === undefined && { inFlight }), device }
}

/**
 * How many runs of a plan there can be that share no source; undefined where each has another server port, so that the same
 * source is another flow.
 */
export function independentRuns(plan: RunPlan): number | undefined {
  if (plan.port === 0) return undefined
  return sharesSockets(plan.engine)
    ? disjointComputedDraws(computedSourcesOf(plan))
    : disjointDraws(sourcesOf(plan))
}

/**
 * Checks what can be checked before anything starts, and plans the traffic.
 * @param draw one of several whose flows share no source; without, that of the plan's seed
 * @throws RpbenchError when an address is not of this host, the flows do not fit, or weights cannot be read
 */
export function prepareTraffic(plan: RunPlan, draw?: { seed: number; index: number }): Traffic {
  const sources = plan.remote ? sourcesTowards(plan) : sourcesHere(plan)
  refusePrivileged('sourcePorts', sources.addresses?.[0] ?? sources.firstAddress, plan.sourcePorts)
  const weightPlan = parseWeights(plan.weights, flagOf('weights'), readWeightFile)
  const drawn = draw && { seed: draw.seed, draw: draw.index }
  const flowPlan = sharesSockets(plan.engine)
    ? planComputedFlows({ ...computedSourcesOf(plan), ...drawn })
    : planFlows({ ...sources, ...drawn })
  const { shard } = plan
  const weights = flowWeights(weightPlan, dividedOf(plan).flows, plan.seed)
  return {
    flowPlan: { ...flowPlan, ...(shard && { part: { index: shard.index, count: shard.count } }) },
    weights,
    ...(shard && weights && weightedPart(plan, shard, weights)),
    ...(plan.protocol === 'dns' && { questions: questionsFor(plan) }),
  }
}

function questionsFor({ queries }: RunPlan): Questions {
  if (queries === undefined) return questionsOf(USUAL_QUERIES)
  const text = readTextFile(
    queries,
    (why) =>
      `${flagOf('queries')} is a file with a name and a type a line, such as example.com A, and "${queries}" cannot be read: ${why}.`,
  )
  return questionsOf(parseQueries(text, queries))
}

/** Sources on this host, whose datagrams stay here. @throws RpbenchError where they would not, or the address cannot be had */
function sourcesHere(plan: RunPlan): FlowPlanInput {
  const addresses = [plan.host, ...(plan.sourceAddresses ?? [])]
  const foreign = addresses.find((address) => !isLocalAddress(address))
  if (foreign !== undefined) throw foreignAddress(foreign)
  const loose = addresses.find((address) => !isFenced(address))
  if (loose !== undefined)
    throw new RpbenchError(
      'RPB_ADDRESS',
      `${loose} is an address of another interface than lo, and over IPv6 what is sent to it would leave this host if it were removed during the run: give ::1, or have root add a route of lo to it (ip -6 route add local ${loose} dev lo).`,
    )
  const bound = boundTo(plan).address
  if (!isLocalAddress(bound))
    throw new RpbenchError(
      'RPB_ADDRESS',
      `${flagOf('listen')} ${plan.listen} takes ${FAMILY_NAMES[familyOf(bound)]}, which this host does not have: leave it out, or give any.`,
    )
  if (!plan.target) refusePrivileged('port', bound, [plan.port, plan.port])
  return sourcesOf(plan)
}

/** Sources of datagrams that leave this host. @throws RpbenchError where there is no way to the target */
function sourcesTowards(plan: RunPlan): FlowPlanInput {
  const foreign = plan.sourceAddresses?.find((address) => !isLocalAddress(address))
  if (foreign !== undefined) throw foreignAddress(foreign)
  const source = sourceTowards(plan.host)
  if (source === undefined)
    throw new RpbenchError(
      'RPB_ADDRESS',
      `There is no way from this host to ${plan.host}: see its routes (ip route get ${plan.host}).`,
    )
  return { ...sourcesOf(plan), firstAddress: source }
}

/** Where a group on this address can be reached from, where that is not from this host alone. */
export function exposureOf(plan: RunPlan): Recording['exposed'] {
  const { host, listen, family, target, engine } = plan
  // A network namespace of our own has no other interface.
  if (target || usesDevice(engine)) return undefined
  // Bound to lo.
  if (family === 'ipv6') return undefined
  if (listen !== 'address') return { everyAddressOf: family }
  return isLoopback(host) ? undefined : { address: host }
}
