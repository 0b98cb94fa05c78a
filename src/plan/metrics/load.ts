import type { MetricRow } from './row.js'

const LOADS = ['run', 'churn', 'sweep'] as const
const ANSWERS = {
  unit: 'share',
  better: 'lower',
  best: 0,
  absent: 'nothing was answered',
  commands: ['run', 'sweep'],
} as const
const count = { unit: 'count', better: 'lower', best: 0, absent: 'nothing was sent' } as const

/** What became of requests, how fast they went, and what they took of the machine. */
export const LOAD_METRICS = {
  'loss.share': {
    unit: 'share',
    better: 'lower',
    best: 0,
    meaning: 'requests without a reply in time (lost or late) of those that were due',
    absent: 'nothing was due',
    commands: LOADS,
  },
  'loss.share.worstMember': {
    unit: 'share',
    better: 'lower',
    best: 0,
    meaning: 'the same of what came to a member’s socket, of the member that has most',
    absent: 'it is not known what came to each member',
    commands: ['run'],
    needs: 'flows with a member',
  },
  'books.lost': { ...count, meaning: 'requests that were sent and never answered', commands: LOADS },
  'books.late': { ...count, meaning: 'replies after the deadline', commands: LOADS },
  'books.unsent': { ...count, meaning: 'requests that were due and never sent', commands: LOADS },
  'books.droppedAtMembers': {
    ...count,
    meaning:
      'datagrams that the kernel dropped at the members’ sockets; over TCP, requests on connections that no member came to accept',
    commands: LOADS,
  },
  'books.droppedAtClient': {
    ...count,
    meaning: 'replies that the kernel dropped at the client’s sockets',
    commands: LOADS,
  },
  'books.duplicates': {
    ...count,
    meaning: 'replies to a request that had one already',
    commands: ['run', 'churn'],
  },
  'books.reordered': {
    ...count,
    meaning: 'replies that overtook another of their flow',
    commands: ['run', 'churn'],
  },
  'books.unexplained': {
    ...count,
    meaning: 'datagrams, over TCP requests, that the books cannot account for',
    commands: LOADS,
  },
  'rate.roundTrips': {
    unit: '1/s',
    better: 'higher',
    meaning: 'replies a second that came while requests were sent',
    commands: LOADS,
  },
  'rate.connections': {
    unit: '1/s',
    better: 'higher',
    meaning: 'connections a second that came about',
    commands: ['run', 'churn'],
    needs: 'connections',
  },
  'connections.failedShare': {
    unit: 'share',
    better: 'lower',
    best: 0,
    meaning:
      'connections that did not come about (refused, timed out or failed), or that the server ended, of those opened',
    absent: 'none was opened',
    commands: ['run', 'churn'],
    needs: 'connections',
  },
  'dns.errorShare': {
    ...ANSWERS,
    meaning:
      'answers with an rcode other than NOERROR and NXDOMAIN (SERVFAIL, REFUSED, …), in time or late, of all answers',
    needs: 'dns',
  },
  'http.errorShare': {
    ...ANSWERS,
    meaning: 'replies with a status from 400 on, in time or late, of all replies',
    needs: 'http',
  },
  'http.serverErrorShare': {
    ...ANSWERS,
    meaning: 'replies with a status from 500 on, in time or late, of all replies',
    needs: 'http',
  },
  'rate.achieved': { unit: '1/s', better: 'none', meaning: 'requests sent a second', commands: LOADS },
  'rate.achievedShare': {
    unit: 'ratio',
    better: 'higher',
    meaning: 'requests sent a second over those that were due: 1 where the client kept its schedule',
    commands: LOADS,
    needs: 'open loop',
  },
  'cpu.client': {
    unit: 'ns',
    better: 'lower',
    meaning: 'CPU time of a round trip at the client’s threads',
    absent: 'there was no round trip',
    commands: LOADS,
  },
  'cpu.members': {
    unit: 'ns',
    better: 'lower',
    meaning: 'CPU time of a round trip at the members, with their front',
    absent: 'there was no round trip',
    commands: LOADS,
  },
  'memory.client': {
    unit: 'bytes',
    better: 'lower',
    meaning: 'memory of the client’s process that is in use',
    absent: 'the result is of an older version',
    commands: ['run'],
  },
  'memory.worstMember': {
    unit: 'bytes',
    better: 'lower',
    meaning: 'memory in use by a member’s process, of the member that has most',
    absent: 'members are threads',
    commands: ['run'],
  },
  'startup.group': {
    unit: 'ns',
    better: 'lower',
    meaning: 'from the start of the group until all members were bound',
    absent: 'the result is of an older version',
    commands: ['run'],
  },
  'capacity.rate': {
    unit: '1/s',
    better: 'higher',
    meaning: 'highest rate at which the goals of a search hold',
    absent: 'the search did not come to a bound',
    commands: ['sweep'],
    needs: 'search',
  },
} as const satisfies Readonly<Record<string, MetricRow>>
