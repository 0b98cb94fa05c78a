import { formatCount } from '../units/format.js'
import type { DispatchKind } from '../plan/dispatch.js'
import type { Books, RunResult } from '../result/run-result.js'
import { specialPhrases, stagesPhrase, type SpecialCount } from './counts.js'
import type { Line, Phrase } from './line.js'

/** What went missing, or came when it should not have: named only where there was some. */
const SPECIAL_COUNTS: readonly SpecialCount<Books>[] = [
  ['lost', 'lost', 'bad'],
  ['late', 'late', 'warn'],
  ['droppedAtMembers', 'dropped at members', 'bad'],
  ['droppedAtClient', 'dropped at the client', 'bad'],
  ['droppedAtDevices', "dropped at the client's TUN device", 'bad'],
  ['leftAtMembers', 'left in queues', 'warn'],
  ['noSocket', 'met no socket (nobody was bound)', 'bad'],
  ['closedWithSocket', 'closed with a socket', 'bad'],
  ['lostOnWayThere', 'lost on the way there', 'bad'],
  ['lostOnWayBack', 'lost on the way back', 'bad'],
  ['sendErrors', 'send errors', 'bad'],
  ['echoErrors', 'echo errors', 'bad'],
  ['unsent', 'due but not sent', 'warn'],
  ['atStrangers', 'taken by strangers', 'bad'],
  ['reckonedAtStrangers', 'more reckoned to strangers', 'bad'],
  ['duplicates', 'duplicate', 'warn'],
  ['replayed', 'sent again by others', 'warn'],
  ['wrongReplies', 'not what was to come', 'bad'],
  ['reordered', 'reordered', 'warn'],
  ['strangersAtMembers', 'strangers at members', undefined],
  ['strangersAtClient', 'strangers at the client', undefined],
]

/** What over TCP stands where datagrams meet no socket. */
export const NO_CONNECTION = 'got no connection'

/** Where datagrams were dropped on their way to members. */
const DROPPED: Readonly<Record<DispatchKind, string>> = {
  reuseport: 'dropped at members',
  shared: 'dropped at the shared socket',
  single: 'dropped at the member',
  'fan-out': 'dropped at the front',
}

/** Where every datagram went: the stages it passed, `=` where none was lost between two, and what was lost. */
export function booksLine({
  books,
  group,
  connections,
  allShards,
}: Pick<RunResult, 'books' | 'group' | 'connections'> & Pick<Partial<RunResult>, 'allShards'>): Line {
  const { sent, taken, echoed, replied, unexplained } = books
  const all: [number | undefined, string][] = [
    [sent, 'sent'],
    [taken, 'taken'],
    [echoed, 'echoed'],
    [replied, replied === 1 ? 'reply' : 'replies'],
  ]
  const stages = all.filter((stage): stage is [number, string] => stage[0] !== undefined)
  const dropped = group.membersUnknown
    ? 'dropped at the target, whoever sent them'
    : DROPPED[group.dispatch ?? 'reuseport']
  const words: Partial<Record<keyof Books, string>> = {
    droppedAtMembers: dropped,
    ...(connections && { noSocket: NO_CONNECTION }),
  }
  const atDevices = books.droppedAtDevices !== undefined
  const named = SPECIAL_COUNTS.filter(([key]) => key !== 'droppedAtClient' || !atDevices).map(
    ([key, name, tone]): SpecialCount<Books> => [key, words[key] ?? name, tone],
  )
  const rest: Phrase =
    unexplained === undefined
      ? {
          text: allShards
            ? `the client's side: members count for all ${allShards.shards} shards, and rpbench merge puts these together`
            : "the client's side: the target counts nothing for us",
        }
      : { text: `${formatCount(unexplained)} unexplained`, tone: unexplained > 0 ? 'bad' : undefined }
  return { label: 'books', phrases: [stagesPhrase(stages), ...specialPhrases(named, books), rest] }
}
