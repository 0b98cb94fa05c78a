import type { LOAD_METRICS } from '../plan/metrics/load.js'
import { dueAndMissed } from '../result/due-and-missed.js'
import { errorAnswers, errorStatuses, type ErrorReplies } from '../result/error-replies.js'
import type { Measured } from './measured.js'
import { exactly, shareOf, worstOf, type Reader, type Readers, type Reading } from './reading.js'

/** How many requests were due: that is what counts of datagrams rest on, also where none of them was sent. */
const dueOf = (run: Measured): number => dueAndMissed(run.books ?? {}).due

const book =
  (key: keyof NonNullable<Measured['books']>): Reader =>
  (run) =>
    exactly(run.books?.[key], dueOf(run), 'requests')

const errorShare = (found: ErrorReplies | undefined): Reading | undefined =>
  found && shareOf(found.errors, found.replies, 'requests')

export const LOAD_READERS: Readers<keyof typeof LOAD_METRICS> = {
  'loss.share': ({ books = {} }) => {
    const { due, missed } = dueAndMissed(books)
    return shareOf(missed, due, 'requests')
  },
  'loss.share.worstMember': ({ imbalance, books = {} }) => {
    const offered = (books.taken ?? 0) + (books.droppedAtMembers ?? 0) + (books.leftAtMembers ?? 0)
    const members = imbalance?.members ?? []
    return worstOf(
      members.flatMap(({ answeredShare, offeredShare }) => {
        if (answeredShare === undefined) return []
        const came = Math.round(offeredShare * offered)
        const share = shareOf(Math.round((1 - answeredShare) * came), came, 'requests', members.length)
        return share ? [{ ...share, value: 1 - answeredShare }] : []
      }),
    )
  },
  'books.lost': book('lost'),
  'books.late': book('late'),
  'books.unsent': book('unsent'),
  'books.droppedAtMembers': book('droppedAtMembers'),
  'books.droppedAtClient': book('droppedAtClient'),
  'books.duplicates': book('duplicates'),
  'books.reordered': book('reordered'),
  'books.unexplained': book('unexplained'),
  'rate.roundTrips': (run) => exactly(run.throughput?.roundTripsPerSecond, dueOf(run), 'requests'),
  'rate.connections': (run) =>
    exactly(run.throughput?.connectionsPerSecond, run.connections?.opened, 'connections'),
  'connections.failedShare': ({ connections }) => {
    if (connections === undefined) return undefined
    const { opened, established, resetByServer, closedByServer } = connections
    return shareOf(opened - established + resetByServer + closedByServer, opened, 'connections')
  },
  'dns.errorShare': ({ answers }) => errorShare(errorAnswers(answers)),
  'http.errorShare': ({ statuses }) => errorShare(errorStatuses(statuses)),
  'http.serverErrorShare': ({ statuses }) => errorShare(errorStatuses(statuses, 'server')),
  'rate.achieved': (run) => exactly(run.throughput?.achievedPerSecond, dueOf(run), 'requests'),
  'rate.achievedShare': (run) => {
    const { offeredPerSecond, achievedPerSecond } = run.throughput ?? {}
    return offeredPerSecond && achievedPerSecond !== undefined
      ? exactly(achievedPerSecond / offeredPerSecond, dueOf(run), 'requests')
      : undefined
  },
  'cpu.client': (run) => exactly(run.throughput?.cpuPerRoundTripNs?.client, run.books?.replied, 'requests'),
  'cpu.members': (run) => exactly(run.throughput?.cpuPerRoundTripNs?.members, run.books?.replied, 'requests'),
  'memory.client': ({ clientResidentBytes, members }) =>
    exactly(clientResidentBytes, members?.length, 'members'),
  'memory.worstMember': ({ members = [] }) => {
    const sizes = members.flatMap(({ residentBytes }) => residentBytes ?? [])
    return exactly(sizes.length > 0 ? Math.max(...sizes) : undefined, sizes.length, 'members')
  },
  'startup.group': ({ startup, members }) => exactly(startup?.groupNs, members?.length, 'members'),
  'capacity.rate': ({ capacity }) => {
    if (capacity?.lowerHz === undefined) return undefined
    const reading = exactly(capacity.lowerHz, capacity.trials, 'trials')
    return (
      reading && {
        ...reading,
        bounds: () => ({ low: reading.value, high: capacity.upperHz ?? Infinity }),
      }
    )
  },
}
