import { usageError } from '../errors.js'
import { requireProc } from '../host/limits.js'
import type { OpenObserver, Observer } from '../observer/observer.js'
import { openObserver } from '../observer/open.js'
import type { AttachPlan } from '../plan/attach-plan.js'
import { nextBoundaryNs } from '../plan/intervals.js'
import { flagOf } from '../plan/parameters/table.js'
import type { WatchedGroup, WatchedInterval } from '../recording/watched-group.js'
import { MembersSeen } from './attach/members-seen.js'
import { viewOf, type GroupView } from './attach/view.js'
import { OWN_TESTBED, type Clock } from './testbed.js'

/** How often the sockets are looked at, ms, and how much of a CPU that may take. A look takes 50 µs of a quiet host. */
const LOOK_EVERY_MS = 100
const MOST_SHARE = 0.02
/** Longer than this it does not pause, however long a look takes: who is there is to be known. */
const LONGEST_PAUSE_MS = 500

/** Of the time between two, how much the search for holders may take: it goes through all processes of the host. */
const MOST_SEARCHING = 0.02

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
 * @throws RpbenchError RPB_USAGE where nobody is bound to the port, RPB_HOST where there is no /proc
 */
export async function watchGroup(
  { plan, signal, onInterval }: AttachOptions,
  { clock, view, openObserver: observe }: AttachTools,
): Promise<WatchedGroup> {
  requireProc()
  const startedAt = new Date()
  const { protocol, otherProtocol } = protocolOf(plan, view)
  const cpuBeforeNs = view.cpuNs()
  const seen = new MembersSeen()
  let startNs = clock.nowNs()
  const sinceStart = (): number => clock.nowNs() - startNs
  let hiddenProcesses = false
  let looks = 0
  let searchAgainNs = 0
  const lookAtHolders = (): void => {
    const spentNs = view.lookNs()
    const { byInode, hidden } = view.holders(seen.present.map(({ inode }) => inode))
    hiddenProcesses = hidden
    seen.held(byInode)
    searchAgainNs = clock.nowNs() + (view.lookNs() - spentNs) / MOST_SEARCHING
  }
  const lookAtReaders = (): void => {
    view.lookAtReaders(seen.holders)
  }
  const look = (observer?: Observer): void => {
    looks++
    if (seen.look(view.sockets(protocol), sinceStart()) === 'none') return
    lookAtHolders()
    observer?.follow(seen.present)
  }
  look()
  const observer = observe({
    protocol,
    port: plan.port,
    upTo: plan.upTo,
    ...(view.elsewhere !== undefined && { pid: view.elsewhere }),
    sockets: seen.present,
  })
  // To attach takes a while, in which nothing is counted.
  startNs = clock.nowNs()
  const intervals: WatchedInterval[] = []
  const endInterval = (): void => {
    if (clock.nowNs() >= searchAgainNs) lookAtHolders()
    lookAtReaders()
    const interval = seen.endInterval(sinceStart(), observer.counts())
    intervals.push(interval)
    onInterval(interval)
  }
  try {
    lookAtReaders()
    const endNs = plan.durationNs
    let boundaryNs = nextBoundaryNs(sinceStart(), plan.intervalNs, { startNs: 0, endNs })
    while (!signal.aborted && sinceStart() < endNs) {
      const spentNs = view.lookNs()
      look(observer)
      const tookMs = (view.lookNs() - spentNs) / 1e6
      if (sinceStart() >= boundaryNs) {
        endInterval()
        boundaryNs = nextBoundaryNs(sinceStart(), plan.intervalNs, { startNs: 0, endNs })
      }
      const untilMs = (Math.min(boundaryNs, endNs) - sinceStart()) / 1e6
      const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(LOOK_EVERY_MS, tookMs / MOST_SHARE))
      await clock.wait(Math.max(0, Math.min(untilMs, pauseMs)), signal)
    }
    look(observer)
    lookAtHolders()
    endInterval()
    seen.readBy((inode) => view.readersOf(inode))
    const [counts, explained] = [observer.counts(), observer.explained()]
    const observerCost = observer.close()
    const migrate = protocol === 'tcp' ? view.tcpMigrate() : undefined
    return {
      plan,
      protocol,
      startedAt,
      durationNs: sinceStart(),
      interrupted: signal.aborted,
      members: [...seen.members],
      intervals,
      otherProtocol,
      hiddenProcesses,
      level: observer.level,
      refusals: observer.refusals,
      notes: observer.notes,
      ...(counts && { counts }),
      ...(explained && { explained }),
      observerCost,
      ...(migrate !== undefined && { tcpMigrate: migrate }),
      looks,
      cpuNs: view.cpuNs() - cpuBeforeNs,
    }
  } finally {
    observer.close()
  }
}

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
