import { setTimeout as delay } from 'node:timers/promises'
import type { Load } from '../client/load.js'
import { WorkerLoad, type LoadOptions } from '../client/worker-load.js'
import type { GroupService } from '../group/group-memory.js'
import type { Group } from '../group/group.js'
import { OwnGroup } from '../group/own-group.js'
import { TargetGroup } from '../group/target-group.js'
import type { StampArrivals } from '../group/sockets.js'
import type { GroupPlan } from '../plan/group-plan.js'
import { openObserver } from '../observer/open.js'
import { usesDevice } from '../plan/engine.js'
import { portProtocolOf } from '../plan/protocol.js'
import type { RunPlan } from '../plan/run-plan.js'
import { serviceTimeTable } from '../plan/service-times.js'
import { boundTo } from '../plan/transport.js'
import { HashObserver } from '../steering/hash-observer.js'
import { openSteering } from '../steering/open.js'

/** The time of a session. */
export interface Clock {
  /** its beginning, ns of CLOCK_MONOTONIC: the epoch from which all its times count */
  readonly epochNs: bigint
  /** since then */
  nowNs(): number
  /** Resolves after this time, or when it is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** The group that a session asks for. */
export interface GroupWish {
  plan: RunPlan
  /** how many members may join */
  joiners: number
  /** members that it has at most at a time */
  mostMembers: number
  runId: bigint
  epochNs: bigint
}

/** What an experiment is carried out with. */
export interface Testbed {
  startClock(): Clock
  /** @throws RpbenchError; nothing is left running then */
  startGroup(wish: GroupWish, signal: AbortSignal): Promise<Group>
  /** @throws RpbenchError; nothing is left running then */
  openLoad(options: LoadOptions, signal: AbortSignal): Promise<Load>
}

/** Work that members of a plan do for each request; undefined where they echo at once. */
export function serviceOf(plan: GroupPlan & { seed: number }): GroupService | undefined {
  if (plan.serviceTimeNs === 0 && !plan.slowMember) return undefined
  const meanNs = Array.from({ length: plan.procs }, () => plan.serviceTimeNs)
  if (plan.slowMember) meanNs[plan.slowMember.index] = plan.slowMember.serviceTimeNs
  return { kind: plan.serviceKind, meanNs, times: serviceTimeTable(plan.serviceDistribution, plan.seed) }
}

/**
 * A closed loop is for throughput; its latency is not a user's, however finely it is divided. How true the stamps of its
 * requests are is seen in its warm-up.
 */
function stampsOf({ rateHz, warmupNs }: RunPlan): StampArrivals {
  if (rateHz !== undefined) return 'always'
  return warmupNs > 0 ? 'warm-up' : 'never'
}

function startOwnGroup(
  { plan, joiners, mostMembers, runId, epochNs }: GroupWish,
  signal: AbortSignal,
): Promise<Group> {
  const { steering: kind, flows, pinMembers } = plan
  const service = serviceOf(plan)
  const steering = openSteering({ kind, mostMembers, lives: plan.procs + joiners, flows })
  return OwnGroup.start(
    {
      ...boundTo(plan),
      // By lo no reply would come to a device. There is nothing else in its namespace.
      ...(usesDevice(plan.engine) && { anywhere: true }),
      protocol: portProtocolOf(plan.protocol),
      port: plan.port,
      members: plan.procs,
      joiners,
      server: plan.server,
      dispatch: plan.dispatch,
      ...(plan.backlog !== undefined && { backlog: plan.backlog }),
      receiveBufferBytes: plan.receiveBufferBytes,
      stampArrivals: stampsOf(plan),
      ...(steering && { steering }),
      // A plan has one or the other.
      ...(plan.observeHash && { observer: new HashObserver(flows) }),
      payloadBytes: plan.payloadBytes,
      ...(pinMembers && { pinMembers }),
      ...(service && { service }),
      runId,
      epochNs,
    },
    signal,
  )
}

export function startClock(): Clock {
  const epochNs = process.hrtime.bigint()
  return {
    epochNs,
    nowNs: () => Number(process.hrtime.bigint() - epochNs),
    wait: (ms, signal) => delay(ms, undefined, signal && { signal }).catch(() => {}),
  }
}

/** A load of our own, on a group of ours or on a server that is not ours. */
export const OWN_TESTBED: Testbed = {
  startClock,
  startGroup: async (wish, signal) => {
    const { target, remote, membersUnknown } = wish.plan
    if (target === undefined || !membersUnknown) return startOwnGroup(wish, signal)
    const { port } = target
    const protocol = portProtocolOf(wish.plan.protocol)
    return new TargetGroup(
      target,
      protocol,
      !remote,
      () => Number(process.hrtime.bigint() - wish.epochNs),
      (sockets) => openObserver({ protocol, port, upTo: 'explain', sockets }),
    )
  },
  openLoad: (options, signal) => WorkerLoad.open(options, signal),
}
