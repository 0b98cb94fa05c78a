import { RpbenchError, usageError } from '../errors.js'
import { familyOf, isWildcard, LOOPBACK, type Family } from '../units/addresses.js'
import { refuseAddresses } from './address-rules.js'
import { refuseForeignCpus } from './cpu-list.js'
import { DISPATCH, refuseUnderDispatch, type DispatchKind } from './dispatch.js'
import type { EngineKind } from './engine.js'
import type { Arrivals } from './schedule.js'
import { shareOf } from './share.js'
import type { SteeringKind } from './steering.js'

export type ServiceDistribution = 'constant' | 'exponential'
/** `cpu` keeps a core busy, `sleep` waits as for a disk or another service. */
export type ServiceKind = 'cpu' | 'sleep'
/** One member that takes another time than the rest. */
export interface SlowMember {
  index: number
  serviceTimeNs: number
}

/** What the user asked for: absent where nothing was said. Times in ns, sizes in bytes. */
export interface RunRequest {
  host?: string
  port?: number
  procs?: number
  server?: 'processes' | 'threads'
  dispatch?: DispatchKind
  steering?: SteeringKind
  observeHash?: boolean
  receiveBufferBytes?: number
  flows?: number
  seed?: number
  sourcePorts?: [number, number]
  sourceAddresses?: string[]
  waveSize?: number
  workers?: number
  pinMembers?: number[]
  pinWorkers?: number[]
  inFlight?: number
  durationNs?: number
  requests?: number
  warmupNs?: number
  payloadBytes?: number
  timeoutNs?: number
  rateHz?: number
  arrivals?: Arrivals
  weights?: string
  serviceTimeNs?: number
  serviceDistribution?: ServiceDistribution
  serviceKind?: ServiceKind
  slowMember?: SlowMember
  engine?: EngineKind
}

/** Every parameter of a run, with nothing left open. */
export interface RunPlan {
  protocol: 'udp'
  /** of the group's sockets */
  family: Family
  host: string
  port: number
  procs: number
  server: 'processes' | 'threads'
  dispatch: DispatchKind
  steering: SteeringKind
  /** whether the kernel's hash of each flow is recorded */
  observeHash: boolean
  /** SO_RCVBUF of each of the group's sockets; the kernel's default when absent */
  receiveBufferBytes?: number
  flows: number
  seed: number
  sourcePorts: [number, number]
  sourceAddresses?: string[]
  /** flows open at a time, over all workers */
  waveSize: number
  waves: number
  workers: number
  /** CPUs that members, and client threads, are pinned to, in turn by their index; to none when absent */
  pinMembers?: number[]
  pinWorkers?: number[]
  inFlight: number
  /** length of the measured phase; absent when `requests` decides */
  durationNs?: number
  /** per flow */
  requests?: number
  warmupNs: number
  payloadBytes: number
  timeoutNs: number
  /** requests per second over all flows: an open loop; a closed one when absent */
  rateHz?: number
  arrivals?: Arrivals
  /** how often each flow sends: `uniform`, `zipf:S`, or a file, as the user wrote it */
  weights: string
  /** mean time that a member works for each request; 0: it echoes at once */
  serviceTimeNs: number
  serviceDistribution: ServiceDistribution
  serviceKind: ServiceKind
  slowMember?: SlowMember
  /** of the client */
  engine: EngineKind
  /** why it is not io_uring, where that would have been the choice */
  engineFallback?: string
}

/** What the host allows, as far as a plan depends on it. */
export interface HostFacts {
  cpus: number
  /** those that this process may run on; absent or empty where that is not known */
  allowedCpus?: readonly number[]
  ephemeralPorts: [number, number]
  openFiles: { limit: number; used: number }
  /** why a client cannot use io_uring; absent where it can */
  ioUringRefusal?: string
}

/** The largest sizes that make sense; flags are checked against them. */
export const LIMITS = {
  procs: 256,
  flows: 2_000_000,
  workers: 64,
  inFlight: 1_000_000,
  requests: 1_000_000_000,
  /** an IPv4 UDP datagram without fragments of its own making: 65535 − 20 − 8 */
  payloadBytes: 65_507,
} as const

/** DATAGRAM_HEADER in native/src/datagram.h. */
export const HEADER_BYTES = 56

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
      `The limit of ${limit} open files leaves none for flows beside ${procs} members: raise it with ulimit -n, or lower --procs.`,
    )
  return room
}

function engineOf(
  asked: EngineKind | undefined,
  { ioUringRefusal: refusal }: HostFacts,
): Pick<RunPlan, 'engine' | 'engineFallback'> {
  if (refusal === undefined) return { engine: asked ?? 'io_uring' }
  if (asked === 'io_uring')
    throw new RpbenchError(
      'RPB_ENGINE',
      `--engine io_uring cannot be had: ${refusal}; leave --engine out for epoll.`,
    )
  return { engine: 'epoll', ...(asked === undefined && { engineFallback: refusal }) }
}

/**
 * Fills in what the request leaves open and checks what depends on more than one parameter.
 * @throws RpbenchError on a request that cannot be met here
 */
export function completePlan(request: RunRequest, facts: HostFacts): RunPlan {
  const dispatch = request.dispatch ?? 'reuseport'
  const procs = request.procs ?? (DISPATCH[dispatch].single ? 1 : Math.min(facts.cpus, LIMITS.procs))
  refuseUnderDispatch(dispatch, request)
  const host = request.host ?? LOOPBACK.ipv4
  refuseAddresses({ host, sourceAddresses: request.sourceAddresses })
  const flows = request.flows ?? 1000
  const room = filesForFlows(procs, facts.openFiles)
  if (request.waveSize !== undefined && request.waveSize > room)
    throw usageError(
      `--wave-size ${request.waveSize} does not fit: the limit of ${facts.openFiles.limit} open files leaves ${room} for flows; lower it, or raise the limit with ulimit -n.`,
    )
  if (request.requests !== undefined && request.durationNs !== undefined)
    throw usageError('--duration and --requests exclude each other: give the length of the run in one way.')
  if (request.slowMember && request.slowMember.index >= procs)
    throw usageError(
      `--slow-member ${request.slowMember.index} is not a member: with ${procs} of them the last is ${procs - 1}.`,
    )
  if (request.observeHash && (request.steering ?? 'hash') !== 'hash')
    throw usageError(
      `--observe-hash and --steering ${request.steering} exclude each other: a group has room for one program.`,
    )
  refuseForeignCpus(request.pinMembers, facts.allowedCpus, '--pin-members')
  refuseForeignCpus(request.pinWorkers, facts.allowedCpus, '--pin-workers')
  if (request.arrivals !== undefined && request.rateHz === undefined)
    throw usageError('--arrivals needs --rate: a closed loop sends when replies come.')
  if (request.inFlight !== undefined && request.rateHz !== undefined)
    throw usageError('--in-flight and --rate exclude each other: an open loop does not wait for replies.')
  const waveLimit = Math.min(flows, request.waveSize ?? room)
  const inFlight = request.inFlight ?? 64
  const workers = Math.min(
    request.workers ?? Math.min(MOST_DEFAULT_WORKERS, Math.max(1, Math.floor(facts.cpus / CPUS_PER_WORKER))),
    inFlight,
    waveLimit,
  )
  // Each worker goes through its share of the flows with its share of the open sockets.
  const wavesOf = (worker: number): number =>
    Math.ceil(shareOf(flows, workers, worker) / shareOf(waveLimit, workers, worker))
  const waves = Math.max(...Array.from({ length: workers }, (_, worker) => wavesOf(worker)))
  return {
    protocol: 'udp',
    family: familyOf(host),
    host,
    port: request.port ?? 0,
    procs,
    server: request.server ?? 'processes',
    dispatch,
    steering: request.steering ?? 'hash',
    observeHash: request.observeHash ?? false,
    ...(request.receiveBufferBytes === undefined ? {} : { receiveBufferBytes: request.receiveBufferBytes }),
    flows,
    seed: request.seed ?? 1,
    sourcePorts: request.sourcePorts ?? facts.ephemeralPorts,
    ...(request.sourceAddresses === undefined ? {} : { sourceAddresses: request.sourceAddresses }),
    waveSize: waveLimit,
    waves,
    workers,
    ...(request.pinMembers && { pinMembers: request.pinMembers }),
    ...(request.pinWorkers && { pinWorkers: request.pinWorkers }),
    inFlight,
    ...(request.requests === undefined
      ? { durationNs: request.durationNs ?? 5e9 }
      : { requests: request.requests }),
    warmupNs: request.warmupNs ?? 500e6,
    payloadBytes: request.payloadBytes ?? 64,
    timeoutNs: request.timeoutNs ?? 1e9,
    ...(request.rateHz !== undefined && { rateHz: request.rateHz, arrivals: request.arrivals ?? 'constant' }),
    weights: request.weights ?? 'uniform',
    serviceTimeNs: request.serviceTimeNs ?? 0,
    serviceDistribution: request.serviceDistribution ?? 'constant',
    serviceKind: request.serviceKind ?? 'cpu',
    ...(request.slowMember && { slowMember: request.slowMember }),
    ...engineOf(request.engine, facts),
  }
}

/** Where clients send to: a wildcard is not an address that one can send to, but loopback is among what it takes. */
export function serverAddress({ host, sourceAddresses = [] }: RunPlan): string {
  return isWildcard(host) ? LOOPBACK[familyOf(sourceAddresses[0] ?? host)] : host
}
