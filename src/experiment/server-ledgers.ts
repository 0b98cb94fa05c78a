import type { AheadLedger, MemberLedger } from '../analysis/books/ledger.js'
import type { DispatchKind } from '../plan/dispatch.js'
import { MEASURED, memberLedger, sum } from './figures.js'
import type { RunRecord } from './run-record.js'

/** What was counted on the servers' side, put to where it happened; of the measured phase. */
export interface ServerLedgers {
  members: MemberLedger[]
  /** at what stands before all members: the one socket that they share, or a front */
  ahead: AheadLedger
  /** datagrams that were read from the group's UDP sockets, by whomever, and dropped at them */
  udp: { read: number; drops: number }
  /** drops that SO_MEMINFO had of those sockets since they were opened */
  dropsSinceOpened: number
}

type Counted = Pick<RunRecord, 'plan' | 'before' | 'after' | 'front'>

const NOTHING: AheadLedger = { drops: 0, left: 0, strangers: 0 }

const readBy = (members: readonly MemberLedger[]): number =>
  sum(members.map(({ taken, strangers }) => taken + strangers))

function membersOf({ before, after }: Counted): MemberLedger[] {
  return after.map((counters, index) => memberLedger(before[index], counters))
}

/** Each member has a socket of its own. */
function ownSockets(record: Counted): ServerLedgers {
  const members = membersOf(record)
  return {
    members,
    ahead: NOTHING,
    udp: { read: readBy(members), drops: sum(members.map(({ drops }) => drops)) },
    dropsSinceOpened: sum(record.after.map(({ drops }) => drops)),
  }
}

/** Every member tells of the same socket what it last saw there: it counts once, as the last of them saw it. */
function oneSocket(record: Counted): ServerLedgers {
  const members = membersOf(record).map((ledger) => ({ ...ledger, drops: 0 }))
  const seen = (counters: Counted['after']): number => Math.max(0, ...counters.map(({ drops }) => drops))
  const drops = seen(record.after) - seen(record.before)
  return {
    members,
    ahead: { ...NOTHING, drops },
    udp: { read: readBy(members), drops },
    dropsSinceOpened: seen(record.after),
  }
}

/** The front reads the socket; what it could not hand on counts as dropped at the member whose queue was full. */
function behindFront(record: Counted): ServerLedgers {
  const { front } = record
  if (front === undefined) return ownSockets(record)
  const { before, after } = front
  const ahead = {
    drops: after.drops - before.drops,
    left: after.left[MEASURED],
    strangers: after.strangers - before.strangers,
  }
  return {
    members: membersOf(record),
    ahead,
    udp: { read: after.taken[MEASURED] + ahead.strangers, drops: ahead.drops },
    dropsSinceOpened: after.drops,
  }
}

const LEDGERS: Readonly<Record<DispatchKind, (record: Counted) => ServerLedgers>> = {
  reuseport: ownSockets,
  shared: oneSocket,
  single: ownSockets,
  'fan-out': behindFront,
}

/** Puts the servers' counters to where things happened, which depends on the dispatch. */
export function serverLedgers(record: Counted): ServerLedgers {
  return LEDGERS[record.plan.dispatch](record)
}
