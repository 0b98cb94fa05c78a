import { Flags } from '@oclif/core'
import { availableParallelism } from 'node:os'
import { usageError } from '../errors.js'
import { cpusAllowed } from '../host/cpu-time.js'
import { ioUringRefusal } from '../host/io-uring.js'
import { ephemeralPortRange, openFileCount, openFileLimit } from '../host/limits.js'
import { parseCpus } from '../plan/cpu-list.js'
import { DISPATCHES } from '../plan/dispatch.js'
import {
  completePlan,
  HEADER_BYTES,
  type HostFacts,
  LIMITS,
  type RunPlan,
  type RunRequest,
  type SlowMember,
} from '../plan/run-plan.js'
import { ENGINES } from '../plan/engine.js'
import { STEERINGS, steeringsInWords } from '../plan/steering.js'
import { parseAddress, parseAddressList } from '../units/addresses.js'
import { parseBytes, parseCount, parseDuration, parsePortRange, parseRate } from '../units/parse.js'

/** The flags that describe a run: all text, since the units are ours to read. */
export const runFlags = {
  procs: Flags.string({
    char: 'p',
    description: 'members of the group [default: one per CPU]',
    helpValue: 'N',
    helpGroup: 'GROUP',
  }),
  server: Flags.string({
    description: 'what a member is: processes or threads [default: processes]',
    helpValue: 'KIND',
    helpGroup: 'GROUP',
  }),
  host: Flags.string({
    description: 'address of the group [default: 127.0.0.1]',
    helpValue: 'ADDRESS',
    helpGroup: 'GROUP',
  }),
  port: Flags.string({
    description: 'port of the group, 0 for a free one [default: 0]',
    helpValue: 'PORT',
    helpGroup: 'GROUP',
  }),
  dispatch: Flags.string({
    description: `how datagrams come to members: ${DISPATCHES.join(', ')} [default: reuseport]`,
    helpValue: 'KIND',
    helpGroup: 'GROUP',
  }),
  steering: Flags.string({
    description: `what picks the member of a datagram: ${steeringsInWords(STEERINGS)} [default: hash]`,
    helpValue: 'KIND',
    helpGroup: 'GROUP',
  }),
  'receive-buffer': Flags.string({
    description: "SO_RCVBUF of each member, such as 4M [default: the kernel's]",
    helpValue: 'BYTES',
    helpGroup: 'GROUP',
  }),
  'pin-members': Flags.string({
    description: 'CPUs to run members on, in turn, such as 0-3 or 0,0,1 [default: any]',
    helpValue: 'CPUS',
    helpGroup: 'GROUP',
  }),
  flows: Flags.string({
    char: 'f',
    description: 'flows, each from a source port of its own [default: 1000]',
    helpValue: 'N',
    helpGroup: 'FLOWS',
  }),
  seed: Flags.string({
    description: 'seed of whatever is drawn: source ports, weights, arrivals [default: 1]',
    helpValue: 'N',
    helpGroup: 'FLOWS',
  }),
  'source-ports': Flags.string({
    description: 'source ports to draw from [default: the ephemeral range]',
    helpValue: 'A-B',
    helpGroup: 'FLOWS',
  }),
  'source-addresses': Flags.string({
    description: 'source addresses, as range or list [default: as many of 127.0.0.x as needed]',
    helpValue: 'A-B',
    helpGroup: 'FLOWS',
  }),
  'wave-size': Flags.string({
    description: 'flows open at a time [default: what the open-file limit allows]',
    helpValue: 'N',
    helpGroup: 'FLOWS',
  }),
  workers: Flags.string({
    char: 'w',
    description: 'client threads [default: one per 4 CPUs]',
    helpValue: 'N',
    helpGroup: 'LOAD',
  }),
  'pin-workers': Flags.string({
    description: 'CPUs to run client threads on, in turn [default: any]',
    helpValue: 'CPUS',
    helpGroup: 'LOAD',
  }),
  'in-flight': Flags.string({
    description: 'requests in flight over all flows [default: 64]',
    helpValue: 'N',
    helpGroup: 'LOAD',
  }),
  duration: Flags.string({
    char: 'd',
    description: 'length of the measured phase [default: 5s]',
    helpValue: 'TIME',
    helpGroup: 'LOAD',
  }),
  requests: Flags.string({
    description: 'requests per flow, instead of a duration',
    helpValue: 'N',
    helpGroup: 'LOAD',
  }),
  warmup: Flags.string({
    description: 'time before it that is cut from every figure [default: 500ms]',
    helpValue: 'TIME',
    helpGroup: 'LOAD',
  }),
  payload: Flags.string({
    description: `bytes of a datagram, header of ${HEADER_BYTES} included [default: 64]`,
    helpValue: 'BYTES',
    helpGroup: 'LOAD',
  }),
  rate: Flags.string({
    char: 'r',
    description:
      'requests per second over all flows, such as 20k: an open loop, beyond capacity an overload [default: closed loop]',
    helpValue: 'RATE',
    helpGroup: 'LOAD',
  }),
  arrivals: Flags.string({
    description: 'how an open loop spaces them: constant or poisson [default: constant]',
    helpValue: 'KIND',
    helpGroup: 'LOAD',
  }),
  weights: Flags.string({
    description:
      'how often each flow sends: uniform, zipf:S, or a file with a weight a line [default: uniform]',
    helpValue: 'W',
    helpGroup: 'FLOWS',
  }),
  'service-time': Flags.string({
    description: 'time a member works for each request [default: none, it echoes at once]',
    helpValue: 'TIME',
    helpGroup: 'GROUP',
  }),
  'service-distribution': Flags.string({
    description: 'constant or exponential [default: constant]',
    helpValue: 'KIND',
    helpGroup: 'GROUP',
  }),
  'service-kind': Flags.string({
    description: 'how it spends that time: cpu or sleep [default: cpu]',
    helpValue: 'KIND',
    helpGroup: 'GROUP',
  }),
  'slow-member': Flags.string({
    description: 'a member with a service time of its own, such as 2:500us',
    helpValue: 'INDEX:TIME',
    helpGroup: 'GROUP',
  }),
  engine: Flags.string({
    description: `how the client moves datagrams: ${ENGINES.join(' or ')} [default: io_uring where it is allowed]`,
    helpValue: 'KIND',
    helpGroup: 'LOAD',
  }),
  timeout: Flags.string({
    description: 'deadline of a reply; after it, it is late [default: 1s]',
    helpValue: 'TIME',
    helpGroup: 'LOAD',
  }),
}

/** Lets the run see the kernel's hash of each flow. */
export const observeHashFlag = {
  'observe-hash': Flags.boolean({
    description: 'record the hash of each flow, and hold it against where the flow landed (needs eBPF)',
    helpGroup: 'GROUP',
  }),
}

export type RunFlagValues = { [Name in keyof typeof runFlags]?: string | undefined } & {
  'observe-hash'?: boolean
}

const SECOND = 1e9

/** How each flag's text is read: the key in the request, and the parser with its bounds. */
const READERS: {
  [Name in keyof typeof runFlags]: (text: string, flag: string) => RunRequest
} = {
  procs: (text, flag) => ({ procs: parseCount(text, { flag, min: 1, max: LIMITS.procs }) }),
  server: (text, flag) => ({ server: oneOf(text, flag, ['processes', 'threads']) }),
  host: (text, flag) => ({ host: parseAddress(text, flag) }),
  port: (text, flag) => ({ port: parseCount(text, { flag, min: 0, max: 65_535 }) }),
  dispatch: (text, flag) => ({ dispatch: oneOf(text, flag, DISPATCHES) }),
  steering: (text, flag) => ({ steering: oneOf(text, flag, STEERINGS) }),
  'receive-buffer': (text, flag) => ({
    receiveBufferBytes: parseBytes(text, { flag, min: 2048, max: 2 ** 30 }),
  }),
  'pin-members': (text, flag) => ({ pinMembers: parseCpus(text, flag) }),
  flows: (text, flag) => ({ flows: parseCount(text, { flag, min: 1, max: LIMITS.flows }) }),
  seed: (text, flag) => ({ seed: parseCount(text, { flag, min: 0, max: 2 ** 31 - 1 }) }),
  'source-ports': (text, flag) => ({ sourcePorts: parsePortRange(text, { flag, min: 1 }) }),
  'source-addresses': (text, flag) => ({ sourceAddresses: parseAddressList(text, { flag }) }),
  'wave-size': (text, flag) => ({ waveSize: parseCount(text, { flag, min: 1, max: LIMITS.flows }) }),
  workers: (text, flag) => ({ workers: parseCount(text, { flag, min: 1, max: LIMITS.workers }) }),
  'pin-workers': (text, flag) => ({ pinWorkers: parseCpus(text, flag) }),
  'in-flight': (text, flag) => ({ inFlight: parseCount(text, { flag, min: 1, max: LIMITS.inFlight }) }),
  duration: (text, flag) => ({ durationNs: parseDuration(text, { flag, min: 10e6, max: 86_400 * SECOND }) }),
  requests: (text, flag) => ({ requests: parseCount(text, { flag, min: 1, max: LIMITS.requests }) }),
  warmup: (text, flag) => ({ warmupNs: parseDuration(text, { flag, min: 0, max: 600 * SECOND }) }),
  payload: (text, flag) => ({
    payloadBytes: parseBytes(text, { flag, min: HEADER_BYTES, max: LIMITS.payloadBytes }),
  }),
  timeout: (text, flag) => ({ timeoutNs: parseDuration(text, { flag, min: 1e6, max: 60 * SECOND }) }),
  rate: (text, flag) => ({ rateHz: parseRate(text, { flag, min: 1, max: 10e6 }) }),
  arrivals: (text, flag) => ({ arrivals: oneOf(text, flag, ['constant', 'poisson']) }),
  weights: (text) => ({ weights: text }),
  'service-time': (text, flag) => ({ serviceTimeNs: parseDuration(text, { flag, min: 0, max: SECOND }) }),
  'service-distribution': (text, flag) => ({
    serviceDistribution: oneOf(text, flag, ['constant', 'exponential']),
  }),
  'service-kind': (text, flag) => ({ serviceKind: oneOf(text, flag, ['cpu', 'sleep']) }),
  'slow-member': (text, flag) => ({ slowMember: parseSlowMember(text, flag) }),
  engine: (text, flag) => ({ engine: oneOf(text, flag, ENGINES) }),
}

function parseSlowMember(text: string, flag: string): SlowMember {
  const [index, time, ...more] = text.split(':')
  if (!index || !time || more.length > 0)
    throw usageError(`${flag} takes a member's index and its time, such as 2:500us, not "${text}".`)
  return {
    index: parseCount(index, { flag, min: 0, max: LIMITS.procs - 1 }),
    serviceTimeNs: parseDuration(time, { flag, min: 0, max: SECOND }),
  }
}

export function oneOf<T extends string>(text: string, flag: string, allowed: readonly [T, ...T[]]): T {
  const found = allowed.find((word) => word === text)
  if (found === undefined) throw usageError(`${flag} is ${allowed.join(' or ')}, not "${text}".`)
  return found
}

export type RunFlagName = keyof typeof runFlags

/**
 * Checks the text of one flag by itself.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function checkRunFlag(name: RunFlagName, text: string): void {
  READERS[name](text, `--${name}`)
}

/**
 * Reads the flags and completes the plan for this host.
 * @returns the plan, and what the user gave, as given
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function planFromFlags(flags: RunFlagValues): { plan: RunPlan; supplied: Record<string, string> } {
  const supplied: Record<string, string> = {}
  const request: RunRequest = {}
  for (const name of Object.keys(READERS) as (keyof typeof runFlags)[]) {
    const text = flags[name]
    if (text === undefined) continue
    supplied[name] = text
    Object.assign(request, READERS[name](text, `--${name}`))
  }
  if (flags['observe-hash']) {
    supplied['observe-hash'] = 'true'
    request.observeHash = true
  }
  return { plan: completePlan(request, hostFacts(request.engine)), supplied }
}

/**
 * What this host allows, as far as a plan depends on it.
 * @param engine of the client, where it was asked for
 */
export function hostFacts(engine?: RunRequest['engine']): HostFacts {
  const refusal = engine === 'epoll' ? undefined : ioUringRefusal()
  return {
    cpus: availableParallelism(),
    allowedCpus: cpusAllowed(),
    ephemeralPorts: ephemeralPortRange(),
    openFiles: { limit: openFileLimit(), used: openFileCount() },
    ...(refusal !== undefined && { ioUringRefusal: refusal }),
  }
}
