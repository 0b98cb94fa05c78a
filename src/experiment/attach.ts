import { usageError } from '../errors.js'
import { requireProc } from '../host/limits.js'
import type { OpenObserver } from '../observer/observer.js'
import { openObserver } from '../observer/open.js'
import type { AttachPlan } from '../plan/attach-plan.js'
import { flagOf } from '../plan/parameters/table.js'
import type { WatchedGroup, WatchedInterval } from '../recording/watched-group.js'
import { GroupWatch } from './attach/group-watch.js'
import { viewOf, type GroupView } from './attach/view.js'
import { OWN_TESTBED, type Clock } from './testbed.js'

const NAMES = { udp: 'UDP', tcp: 'TCP' } as const
const OTHERS = { udp: 'tcp', tcp: 'udp' } as const

/** What attaching is carried out with. */
export interface AttachTools {
  clock: Clock
  view: GroupView
  openObserver: OpenObserver
}

/** What this host gives. Errors as those of `viewOf`. */
export const attachTools = (plan: AttachPlan): AttachTools => ({
  clock: OWN_TESTBED.startClock(),
  view: viewOf(plan),
  openObserver,
})

export interface AttachOptions {
  plan: AttachPlan
  /** ends it before its time: what was seen by then comes back */
  signal: AbortSignal
  /** told of each part of the time as it ends, and how it is with the group then */
  onInterval: (interval: WatchedInterval) => void
}

/**
 * Watches a live group that is not ours, and sends it nothing. The members are its sockets; what they hold, drop and who reads
 * them is looked at ten times a second, and what an observer may count or explain is asked at the end of each interval.
 * @returns also what ended it before its time, if anything: what was seen by then is kept
 * @throws RpbenchError RPB_USAGE where nobody is bound to the port, RPB_HOST where there is no /proc
 */
export async function watchGroup(
  { plan, signal, onInterval }: AttachOptions,
  { clock, view, openObserver: observe }: AttachTools,
): Promise<{ watched: WatchedGroup; failure?: unknown }> {
  requireProc()
  const startedAt = new Date()
  const { protocol, otherProtocol } = protocolOf(plan, view)
  const cpuBeforeNs = view.cpuNs()
  const watch = new GroupWatch({ plan, protocol, clock, view, onInterval })
  watch.look()
  const observer = observe({
    protocol,
    port: plan.port,
    upTo: plan.upTo,
    ...(view.elsewhere !== undefined && { pid: view.elsewhere }),
    sockets: watch.seen.present,
  })
  try {
    const failure = await watch.watch(observer, signal).catch((error: unknown) => ({ error }))
    // What was counted is worth having where the sockets can be seen no more.
    const read = <T>(what: () => T): T | undefined => {
      try {
        return what()
      } catch (error) {
        if (failure) return undefined
        throw error
      }
    }
    const [counts, explained] = [read(() => observer.counts()), read(() => observer.explained())]
    const takers = read(() => observer.takers())
    const observerCost = observer.close()
    const tcpMigrate = protocol === 'tcp' ? view.tcpMigrate() : undefined
    const watched: WatchedGroup = {
      ...watch.recording(takers, counts),
      startedAt,
      ...((failure ?? signal.aborted) && { stopped: failure ? 'failed' : 'interrupted' }),
      ...(failure && { failure: reasonIn(failure.error) }),
      otherProtocol,
      level: observer.level,
      refusals: observer.refusals,
      notes: observer.notes,
      ...(observer.takersRefused && { takersRefused: observer.takersRefused }),
      ...(counts && { counts }),
      ...(explained && { explained }),
      observerCost,
      ...(tcpMigrate !== undefined && { tcpMigrate }),
      cpuNs: view.cpuNs() - cpuBeforeNs,
    }
    return { watched, ...(failure && { failure: failure.error }) }
  } finally {
    observer.close()
  }
}

const reasonIn = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Which of the port's groups is watched.
 * @throws RpbenchError RPB_USAGE where nobody is bound there
 */
function protocolOf(
  { port, protocol: asked, pid }: AttachPlan,
  view: GroupView,
): { protocol: 'udp' | 'tcp'; otherProtocol: number } {
  const counts = { udp: view.sockets('udp').length, tcp: view.sockets('tcp').length }
  const protocol = asked ?? (counts.udp > 0 ? 'udp' : 'tcp')
  const otherProtocol = counts[OTHERS[protocol]]
  if (counts[protocol] > 0) return { protocol, otherProtocol }
  const where = pid === undefined ? 'here' : `in the network namespace of process ${pid}`
  const next =
    otherProtocol > 0
      ? `of ${NAMES[OTHERS[protocol]]} there is: give ${flagOf(OTHERS[protocol])}`
      : `see ss -lnp for what is bound, and name a process in the group's container with ${flagOf('namespacePid')} where it has a network of its own`
  const of = asked === undefined ? 'no socket of UDP or TCP' : `no socket of ${NAMES[asked]}`
  throw usageError(`There is ${of} on port ${port} ${where}; ${next}.`)
}
