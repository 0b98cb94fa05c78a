import { RpbenchError, usageError } from '../errors.js'
import { refuseAddresses } from './address-rules.js'
import { refuseForeignCpus } from './cpu-list.js'
import { refuseConnections } from './connection-rules.js'
import { DISPATCH } from './dispatch.js'
import { refuseUnderDispatch } from './dispatch-rules.js'
import { chooseEngine } from './engine-choice.js'
import { sharesSockets, type EngineKind } from './engine.js'
import { inFlightByDefault } from './in-flight.js'
import { refuseListeners } from './listener-rules.js'
import { refusePath } from './http-request.js'
import type { Row } from './parameters/row.js'
import { RUN_PARAMETERS } from './parameters/run.js'
import { defaultOf, flagOf, mostOf, type ParameterValue, type RunParameterKey } from './parameters/table.js'
import { partOf, type Shard, type ShardPlace } from './shard.js'
import { shareOf } from './share.js'
import {
  modestLoad,
  protocolFor,
  refuseRemote,
  refuseUnderProtocol,
  refuseWithTarget,
} from './target-rules.js'
import { boundTo, type Family } from './transport.js'
import { familyOf } from '../units/addresses.js'

type Table = typeof RUN_PARAMETERS

/** What the user asked for: absent where nothing was said. */
export type RunRequest = { -readonly [Key in RunParameterKey]?: ParameterValue<Key> }

/** Parameters that a complete plan may lack: those of another kind of load, and those that the kernel decides. */
type OptionalKey = {
  [Key in RunParameterKey]: Table[Key] extends { optional: true } ? Key : never
}[RunParameterKey]

/** Parameters that have the same value on every host where nothing is said. */
type FixedKey = Exclude<
  { [Key in RunParameterKey]: Table[Key] extends { default: string } ? Key : never }[RunParameterKey],
  OptionalKey
>

/** The parameters of a run as a plan has them. */
export type PlannedParameters = {
  -readonly [Key in Exclude<RunParameterKey, OptionalKey>]: ParameterValue<Key>
} & { -readonly [Key in OptionalKey]?: ParameterValue<Key> }

/** Every parameter of a run, with nothing left open, and what comes of them. */
export interface RunPlan extends Omit<PlannedParameters, 'engine'> {
  engine: EngineKind
  /** of the sockets of the group, or of the target */
  family: Family
  /** who is asked is not ours, and nobody tells which member of it answers; absent otherwise */
  membersUnknown?: true
  /** the target is no address of this host; absent otherwise */
  remote?: true
  /** which part this is of a plan that several hosts carry out; absent where it is all of it */
  shard?: Shard
  /** before which nothing is sent, in ISO 8601; absent where nobody waits */
  startAt?: string
  /** how often all sockets are opened anew, so that each flow has its turn */
  waves: number
  /** why the engine is not io_uring, where that would have been the choice */
  engineFallback?: string
}

/** What the host allows, as far as a plan depends on it. */
export interface HostFacts {
  cpus: number
  /** those that this process may run on; absent or empty where that is not known */
  allowedCpus?: readonly number[]
  ephemeralPorts: [number, number]
  openFiles: { limit: number; used: number }
  /** connections that may wait at a listener at most (net.core.somaxconn); absent where that is not known */
  mostBacklog?: number
  /** why a client cannot use io_uring; absent where it can */
  ioUringRefusal?: string
  /** whether this is a network namespace of our own; absent where the engine that was asked for takes none */
  inOwnNetwork?: boolean
  /** whether the target is no address of this host; absent without one */
  remoteTarget?: boolean
}

/** Descriptors that a run needs beside flows and members: epoll, pipes, result files, what Node opens. */
const SPARE_FILES = 64
const FILES_PER_MEMBER = 2
/** A client thread moves more packets than one member: a quarter of the CPUs, as a start. */
const CPUS_PER_WORKER = 4
const MOST_DEFAULT_WORKERS = 8

function filesForFlows(procs: number, { limit, used }: HostFacts['openFiles']): number {
  const room = limit - used - SPARE_FILES - FILES_PER_MEMBER * procs
  if (room < 1)
    throw new RpbenchError(
      'RPB_FILES',
      `The limit of ${limit} open files leaves none for flows beside ${procs} members: raise it with ulimit -n, or lower ${flagOf('procs')}.`,
    )
  return room
}

function fixedDefaults(): Pick<PlannedParameters, FixedKey> {
  const fixed = (Object.keys(RUN_PARAMETERS) as RunParameterKey[]).filter((key): key is FixedKey => {
    const row: Row = RUN_PARAMETERS[key]
    return row.default !== undefined && !row.optional
  })
  return Object.fromEntries(fixed.map((key) => [key, defaultOf(key)])) as Pick<PlannedParameters, FixedKey>
}

/** Refuses parameters that make no sense with one another. */
function refuseContradictions(request: RunRequest, procs: number): void {
  const { steering } = request
  if (request.requests !== undefined && request.durationNs !== undefined)
    throw usageError(
      `${flagOf('durationNs')} and ${flagOf('requests')} exclude each other: give the length of the run in one way.`,
    )
  if (request.slowMember && request.slowMember.index >= procs)
    throw usageError(
      `${flagOf('slowMember')} ${request.slowMember.index} is not a member: with ${procs} of them the last is ${procs - 1}.`,
    )
  if (request.observeHash && steering !== undefined && steering !== 'hash')
    throw usageError(
      `${flagOf('observeHash')} and ${flagOf('steering')} ${steering} exclude each other: a group has room for one program.`,
    )
  if (request.arrivals !== undefined && request.rateHz === undefined)
    throw usageError(
      `${flagOf('arrivals')} needs ${flagOf('rateHz')}: a closed loop sends when replies come.`,
    )
  if (request.inFlight !== undefined && request.rateHz !== undefined)
    throw usageError(
      `${flagOf('inFlight')} and ${flagOf('rateHz')} exclude each other: an open loop does not wait for replies.`,
    )
}

/**
 * Fills in what a request leaves open and checks what depends on more than one parameter.
 * @param place which part of it is wanted; all of it when absent
 * @throws RpbenchError on a request that cannot be met here
 */
export function completePlan(given: RunRequest, facts: HostFacts, place?: ShardPlace): RunPlan {
  refuseWithTarget(given)
  const protocol = protocolFor(given)
  refuseUnderProtocol(protocol, given)
  const { target } = given
  const remote = facts.remoteTarget === true
  const request = remote ? { ...given, ...modestLoad(given) } : given
  const whole = {
    ...fixedDefaults(),
    ...request,
    protocol,
    ...(target && { host: target.address, port: target.port }),
  }
  const asked = place ? { ...whole, ...partOf(whole, place) } : whole
  const { dispatch, flows } = asked
  // What is not known is counted as one; nothing says so.
  const procs = target
    ? 1
    : (request.procs ?? (DISPATCH[dispatch].single ? 1 : Math.min(facts.cpus, mostOf('procs'))))
  refuseUnderDispatch(dispatch, request)
  refuseAddresses(asked)
  refuseRemote(given, remote)
  refuseContradictions(request, procs)
  refuseConnections(request, protocol)
  refusePath(request, protocol)
  refuseListeners(request, protocol, facts)
  refuseForeignCpus(request.pinMembers, facts.allowedCpus, flagOf('pinMembers'))
  refuseForeignCpus(request.pinWorkers, facts.allowedCpus, flagOf('pinWorkers'))
  const room = filesForFlows(procs, facts.openFiles)
  if (request.waveSize !== undefined && request.waveSize > room)
    throw usageError(
      `${flagOf('waveSize')} ${request.waveSize} does not fit: the limit of ${facts.openFiles.limit} open files leaves ${room} for flows; lower it, or raise the limit with ulimit -n.`,
    )
  const chosen = chooseEngine({
    request,
    flows,
    room,
    host: asked.host,
    protocol,
    ioUringRefusal: facts.ioUringRefusal,
    inOwnNetwork: facts.inOwnNetwork,
  })
  // A part of a plan has its part of what is in flight.
  const inFlight = request.inFlight ?? (place ? asked.inFlight : inFlightByDefault(chosen.engine, asked))
  // Sockets that are shared are few: all flows can be asked at any time.
  const waveSize = sharesSockets(chosen.engine) ? flows : Math.min(flows, request.waveSize ?? room)
  const workers = Math.min(
    request.workers ?? Math.min(MOST_DEFAULT_WORKERS, Math.max(1, Math.floor(facts.cpus / CPUS_PER_WORKER))),
    inFlight,
    waveSize,
  )
  // Each worker goes through its share of the flows with its share of the open sockets.
  const wavesOf = (worker: number): number =>
    Math.ceil(shareOf(flows, workers, worker) / shareOf(waveSize, workers, worker))
  return {
    ...asked,
    ...(target && { membersUnknown: true as const }),
    ...(remote && { remote: true as const }),
    family: familyOf(boundTo(asked).address),
    procs,
    sourcePorts: request.sourcePorts ?? facts.ephemeralPorts,
    inFlight,
    waveSize,
    waves: Math.max(...Array.from({ length: workers }, (_, worker) => wavesOf(worker))),
    workers,
    ...(request.requests === undefined && { durationNs: request.durationNs ?? defaultOf('durationNs') }),
    ...(request.rateHz !== undefined && { arrivals: request.arrivals ?? defaultOf('arrivals') }),
    ...chosen,
  }
}
