import type { ReadersReading, WatchedGroup, WatchedMember } from '../../recording/watched-group.js'
import type { Balance } from '../../result/run-result.js'
import { isWildcard } from '../../units/addresses.js'
import { explainedOf, type SocketGroup } from './socket-groups.js'

/** What a group is found to be or to do that its owner may not know; by index of members and groups. */
export type WatchedFinding =
  | { code: 'one-socket'; members: number[]; heldBy: 'one process' | 'several' | 'unknown' }
  | { code: 'shared'; members: number[]; processes: number; threads: number }
  | { code: 'unread'; members: number[]; readers: HowRead }
  | { code: 'own-program'; members: number[]; group: number }
  | { code: 'two-groups'; members: number[]; taker: number; from: number }
  | { code: 'too-few-flows'; members: number[]; flows: number; chance: number }
  | { code: 'queue-at-risk'; members: number[]; most: number; full: boolean }
  | { code: 'drops'; members: number[]; drops: number }
  | { code: 'members-changed'; members: number[]; joined: number; left: number }
  | { code: 'holders-changed'; members: number[]; came: number; went: number }
  | { code: 'other-protocol'; members: number[]; sockets: number }

/** What is known of who reads a queue that only grows; `none took`: a program would have seen it. */
type HowRead = 'unknown' | 'unseen' | 'none seen' | 'registered' | 'none took'

/** What findings are decided from. */
export interface WatchedFacts {
  watched: WatchedGroup
  groups: readonly SocketGroup[]
  /** of each group, where it was counted */
  balances: readonly (Balance | undefined)[]
}

/** In the order in which they are told. What a finding needs and nobody read, it is not inferred from. */
const DECISIONS: readonly ((facts: WatchedFacts) => WatchedFinding[])[] = [
  unread,
  drops,
  ownProgram,
  twoGroups,
  shared,
  oneSocket,
  tooFewFlows,
  queueAtRisk,
  membersChanged,
  holdersChanged,
  otherProtocol,
]

/** Everything that is found of a group that was watched. */
export function watchedFindings(facts: WatchedFacts): WatchedFinding[] {
  return DECISIONS.flatMap((decide) => decide(facts))
}

const indexesOf = (members: readonly WatchedMember[], which: (member: WatchedMember) => boolean): number[] =>
  members.flatMap((member, i) => (which(member) ? [i] : []))

/** A second of looks: of a queue that is read, however full, some find it shorter than the one before. */
const LEAST_LOOKS = 10

/** Calls that took something from it, as a program saw them. */
const takenFrom = ({ readers }: WatchedMember): number =>
  readers?.threads.reduce((sum, { taken = 0 }) => sum + taken, 0) ?? 0

/** A queue that something waits in all the time, that was never seen to get shorter, and that grows or drops: one that is read too slowly is another matter. */
function isUnread(member: WatchedMember): boolean {
  const { looks, queuedLooks, queueFell, queuedFirst, dropsFirst = 0, socket } = member
  const grew = socket.queued > queuedFirst || (socket.drops ?? 0) > dropsFirst
  return looks >= LEAST_LOOKS && queuedLooks === looks && !queueFell && grew && takenFrom(member) === 0
}

function howRead(readers: ReadersReading | undefined): HowRead {
  if (readers === undefined) return 'unknown'
  if (readers.registeredBy.length > 0 || readers.threads.length > 0) return 'registered'
  if (readers.takesSeen) return 'none took'
  return readers.othersUnseen ? 'unseen' : 'none seen'
}

function unread({ watched: { members } }: WatchedFacts): WatchedFinding[] {
  const byReaders = new Map<HowRead, number[]>()
  for (const i of indexesOf(members, isUnread)) {
    const readers = howRead(members[i]!.readers)
    byReaders.set(readers, [...(byReaders.get(readers) ?? []), i])
  }
  return [...byReaders].map(([readers, indexes]) => ({ code: 'unread', members: indexes, readers }))
}

/** While it was watched. */
const dropped = ({ socket, dropsFirst = 0 }: WatchedMember): number => (socket.drops ?? 0) - dropsFirst

function drops({ watched: { members } }: WatchedFacts): WatchedFinding[] {
  const indexes = indexesOf(members, (member) => dropped(member) > 0)
  if (indexes.length === 0) return []
  return [
    { code: 'drops', members: indexes, drops: indexes.reduce((sum, i) => sum + dropped(members[i]!), 0) },
  ]
}

function ownProgram({ groups }: WatchedFacts): WatchedFinding[] {
  return groups.flatMap(({ explained, members }, group) =>
    explained?.program === undefined ? [] : [{ code: 'own-program', members: [...members], group }],
  )
}

/** Whether the kernel, which looks for the address itself first, and for IPv4 sockets before those of IPv6, gives one what the other takes too. */
function takesFrom({ socket: taker }: SocketGroup, { socket: from }: SocketGroup): boolean {
  if ((taker.device ?? 0) !== (from.device ?? 0)) return false
  if (taker.family === from.family) return !isWildcard(taker.address) && isWildcard(from.address)
  return taker.family === 'ipv4' && isWildcard(from.address) && from.ipv6Only === false
}

function twoGroups({ groups }: WatchedFacts): WatchedFinding[] {
  return groups.flatMap((one, taker) =>
    groups.flatMap((other, from) =>
      taker !== from && takesFrom(one, other)
        ? [{ code: 'two-groups' as const, members: [...one.members, ...other.members], taker, from }]
        : [],
    ),
  )
}

/** Processes and threads that read a socket, as far as they were seen. */
function readersOf({ readers }: WatchedMember): { processes: number; threads: number } {
  if (readers === undefined) return { processes: 0, threads: 0 }
  const processes = new Set([...readers.registeredBy, ...readers.threads.map(({ pid }) => pid)])
  return { processes: processes.size, threads: readers.threads.length }
}

const several = (member: WatchedMember): boolean => Math.max(...Object.values(readersOf(member))) > 1

function shared({ watched: { members } }: WatchedFacts): WatchedFinding[] {
  const indexes = indexesOf(members, (member) => member.leftNs === undefined && several(member))
  if (indexes.length === 0) return []
  const most = indexes.map((i) => readersOf(members[i]!))
  return [
    {
      code: 'shared',
      members: indexes,
      processes: Math.max(...most.map(({ processes }) => processes)),
      threads: Math.max(...most.map(({ threads }) => threads)),
    },
  ]
}

function oneSocket({ watched: { members, explained } }: WatchedFacts): WatchedFinding[] {
  const indexes = indexesOf(members, (member) => {
    const { reuseport = false, group } = explainedOf(member, explained) ?? {}
    return reuseport && (group?.size ?? 1) === 1
  })
  return (['one process', 'several', 'unknown'] as const).flatMap((held) => {
    const those = indexes.filter((i) => heldBy(members[i]!) === held)
    return those.length === 0 ? [] : [{ code: 'one-socket' as const, members: those, heldBy: held }]
  })
}

type HeldBy = Extract<WatchedFinding, { code: 'one-socket' }>['heldBy']

function heldBy({ holders }: WatchedMember): HeldBy {
  if (holders === undefined) return 'unknown'
  return new Set(holders.map(({ pid }) => pid)).size === 1 ? 'one process' : 'several'
}

/** From here on, chance alone gives some member twice its share too often to call it a fault. */
const TWICE = 2

function tooFewFlows({ groups, balances }: WatchedFacts): WatchedFinding[] {
  return balances.flatMap((balance, i) =>
    balance === undefined || balance.fairBand.maxOverMean.p95 < TWICE
      ? []
      : [
          {
            code: 'too-few-flows' as const,
            members: [...groups[i]!.members],
            flows: balance.flows,
            chance: balance.fairBand.maxOverMean.p95,
          },
        ],
  )
}

/** Of what an accept queue takes, how much makes it soon full. */
const NEARLY_FULL = 0.8

/** Only others of its group can take over what waits at a listener. */
function queueAtRisk({ watched: { members, protocol, tcpMigrate }, groups }: WatchedFacts): WatchedFinding[] {
  if (protocol !== 'tcp' || tcpMigrate !== false) return []
  const indexes = groups
    .filter((group) => group.members.length > 1)
    .flatMap((group) => group.members.filter((i) => members[i]!.queuedMost > 0))
  if (indexes.length === 0) return []
  const full = indexes.some((i) => {
    const { queuedMost, socket } = members[i]!
    return socket.queueLimit !== undefined && queuedMost >= NEARLY_FULL * socket.queueLimit
  })
  return [
    {
      code: 'queue-at-risk',
      members: indexes,
      most: Math.max(...indexes.map((i) => members[i]!.queuedMost)),
      full,
    },
  ]
}

function membersChanged({ watched: { members } }: WatchedFacts): WatchedFinding[] {
  const joined = indexesOf(members, ({ joinedNs }) => joinedNs !== undefined)
  const left = indexesOf(members, ({ leftNs }) => leftNs !== undefined)
  if (joined.length + left.length === 0) return []
  const indexes = [...new Set([...joined, ...left])].toSorted((a, b) => a - b)
  return [{ code: 'members-changed', members: indexes, joined: joined.length, left: left.length }]
}

/** Processes that came to hold, or do not hold any more, sockets that stayed: as at a reload that hands them on. */
function holdersChanged({ watched: { members } }: WatchedFacts): WatchedFinding[] {
  const came = new Set<number>()
  const went = new Set<number>()
  const indexes = indexesOf(members, ({ leftNs, holders = [], firstHolders }) => {
    if (leftNs !== undefined || firstHolders === undefined) return false
    const now = new Set(holders.map(({ pid }) => pid))
    const newcomers = [...now].filter((pid) => !firstHolders.includes(pid))
    const leavers = firstHolders.filter((pid) => !now.has(pid))
    for (const pid of newcomers) came.add(pid)
    for (const pid of leavers) went.add(pid)
    return newcomers.length + leavers.length > 0
  })
  if (indexes.length === 0) return []
  return [{ code: 'holders-changed', members: indexes, came: came.size, went: went.size }]
}

function otherProtocol({ watched: { plan, otherProtocol: sockets } }: WatchedFacts): WatchedFinding[] {
  return sockets === 0 || plan.protocol !== undefined
    ? []
    : [{ code: 'other-protocol', members: [], sockets }]
}
