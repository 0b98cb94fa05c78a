import type { AheadLedger, MemberLedger } from '../analysis/books/ledger.js'
import type { DispatchKind } from '../plan/dispatch.js'
import { MEASURED } from '../recording/counters.js'
import type { FrontRecording, LifeRecording } from '../recording/group-recording.js'
import { memberLedger, sum } from './figures.js'

/** What was counted on the servers' side, put to where it happened; of the measured phase. */
export interface ServerLedgers {
  members: MemberLedger[]
  /** at what stands before all members: the one socket that they share, or a front */
  ahead: AheadLedger
  /** datagrams that were read from the group's UDP sockets, by whomever, and dropped at them */
  udp: { read: number; drops: number }
  /** drops that SO_MEMINFO had, since they were opened, of those sockets that were open at the end */
  dropsSinceOpened: number
}

/** What counted: members by life, and a front. */
export interface Counted {
  lives: readonly Pick<LifeRecording, 'before' | 'after' | 'gone'>[]
  front?: Pick<FrontRecording, 'before' | 'after'>
}

const NOTHING: AheadLedger = { drops: 0, left: 0, strangers: 0 }

const readBy = (members: readonly MemberLedger[]): number =>
  sum(members.map(({ taken, strangers }) => taken + strangers))

/** Each member has a socket of its own. */
function ownSockets({ lives }: Counted): ServerLedgers {
  const members = lives.map(memberLedger)
  return {
    members,
    ahead: NOTHING,
    udp: { read: readBy(members), drops: sum(members.map(({ drops }) => drops)) },
    dropsSinceOpened: sum(lives.map(({ after, gone }) => (gone ? 0 : after.drops))),
  }
}

/** Every member tells of the same socket what it last saw there: it counts once, as the last of them saw it. */
function oneSocket({ lives }: Counted): ServerLedgers {
  const members = lives.map((life) => ({ ...memberLedger(life), drops: 0 }))
  const before = Math.max(0, ...lives.map((life) => life.before?.drops ?? 0))
  const after = Math.max(0, ...lives.map((life) => life.after.drops))
  const drops = after - before
  return {
    members,
    ahead: { ...NOTHING, drops },
    udp: { read: readBy(members), drops },
    dropsSinceOpened: after,
  }
}

/** The front reads the socket; what it could not hand on counts as dropped at the member whose queue was full. */
function behindFront({ lives, front }: Counted): ServerLedgers {
  if (front === undefined) return ownSockets({ lives })
  const { before, after } = front
  const ahead = {
    drops: after.drops - before.drops,
    left: after.left[MEASURED],
    strangers: after.strangers - before.strangers,
  }
  return {
    members: lives.map(memberLedger),
    ahead,
    udp: { read: after.taken[MEASURED] + ahead.strangers, drops: ahead.drops },
    dropsSinceOpened: after.drops,
  }
}

const LEDGERS: Readonly<Record<DispatchKind, (counted: Counted) => ServerLedgers>> = {
  reuseport: ownSockets,
  shared: oneSocket,
  single: ownSockets,
  'fan-out': behindFront,
}

/** Where what members counted is not of this run alone: nothing is known of any. */
export function noLedgers(members: number): ServerLedgers {
  const nothing = { taken: 0, echoed: 0, echoErrors: 0, drops: 0, left: 0, strangers: 0 }
  return {
    members: Array.from({ length: members }, () => nothing),
    ahead: NOTHING,
    udp: { read: 0, drops: 0 },
    dropsSinceOpened: 0,
  }
}

/** Puts the servers' counters, by life, to where things happened, which depends on the dispatch. */
export function serverLedgers(dispatch: DispatchKind, counted: Counted): ServerLedgers {
  return LEDGERS[dispatch](counted)
}
