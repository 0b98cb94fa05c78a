import { flagOf } from '../plan/parameters/table.js'
import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import type { DispatchKind } from '../plan/dispatch.js'
import type { LatencySummary, Legs, RunResult } from '../result/run-result.js'
import { isOpenLoop } from './header.js'
import { plural } from '../units/plural.js'
import type { Line, Phrase } from './line.js'

/** Above this share of the mean, one leg is named as where the time goes. */
const DOMINANT = 0.5

/** Percentiles of all but this share of the requests pass for those of all. */
const UNNOTICED = 0.01

/** Stamps that are further off than this share of the mean service time are to be noticed. */
const LARGE_STAMP_ERROR = 0.05

const LEG_IN_WORDS = {
  'before the member': 'before a member reads it',
  request: "on the way into the member's socket",
  queue: "waiting in the member's socket",
  server: 'inside the member',
  reply: 'on the way back, until the client reads it',
} as const

/** Where a request waits before a member reads it. */
const QUEUE_IN_WORDS: Readonly<Record<DispatchKind, string>> = {
  reuseport: LEG_IN_WORDS.queue,
  shared: 'waiting in the socket that members share',
  single: LEG_IN_WORDS.queue,
  'fan-out': "waiting at the front, or in the member's queue behind it",
}

type Leg = keyof typeof LEG_IN_WORDS

/** One line of percentiles in a closed loop; in an open loop response time and service time, which differ. */
export function latencyLines(result: Pick<RunResult, 'latency' | 'books' | 'plan'>): Line[] {
  const { latency } = result
  if (latency === undefined) return [{ label: 'latency', phrases: [{ text: 'no reply came in time' }] }]
  const { response, service } = latency
  const few = basisOfPercentiles(result)
  if (response !== undefined)
    return [
      {
        label: 'response',
        phrases: [
          ...percentiles(response, `from the intended send${hasTable(result) ? ', as in the table' : ''}`),
          ...few,
        ],
      },
      { label: 'service', phrases: percentiles(service, 'from the actual send') },
    ]
  const lines: Line[] = [{ label: 'latency', phrases: [...percentiles(service), ...few] }]
  if (!isOpenLoop(result))
    lines.push({
      label: '',
      phrases: [
        { text: `closed loop: not the latency a user would feel; ${flagOf('rateHz')} measures that` },
      ],
    })
  return lines
}

/** How long it took to connect; undefined where flows are no connections. */
export function connectLine({ latency }: Pick<RunResult, 'latency'>): Line | undefined {
  return latency?.connect && { label: 'connect', phrases: percentiles(latency.connect, 'to connect') }
}

const hasTable = ({ plan }: Pick<RunResult, 'plan'>): boolean => plan.effective.membersUnknown !== true

/** How true the stamps of requests were, which all times begin with. */
export function stampLine(result: RunResult): Line | undefined {
  const { latency } = result
  if (latency?.stampError === undefined) return undefined
  const { meanNs, p99Ns, ofService } = latency.stampError
  // At a rate requests seldom share a call: nothing to tell, and the legs have it.
  if (isOpenLoop(result) && ofService <= LARGE_STAMP_ERROR) return undefined
  return {
    label: 'stamps',
    phrases: [
      {
        text: `${formatDuration(meanNs)} off on average, ${formatPercent(ofService)} of the mean service time`,
        ...(ofService > LARGE_STAMP_ERROR && { tone: 'warn' as const }),
      },
      { text: `p99 ${formatDuration(p99Ns)}` },
      { text: 'in the warm-up' },
    ],
  }
}

/** Where so much was lost, late or not sent that percentiles of the rest are of the lucky ones: of how many they are. */
function basisOfPercentiles({ books }: Pick<RunResult, 'books'>): Phrase[] {
  const due = books.sent + books.unsent
  if (due - books.replied <= UNNOTICED * due) return []
  return [
    {
      text: `only of the ${formatCount(books.replied)} of ${plural(due, 'request', 'requests')} that were answered in time`,
      tone: 'warn',
    },
  ]
}

/** Where the time of a request went, on average, and in words where one leg is most of it. */
export function legsLine({ legs, latency, group, server }: RunResult): Line | undefined {
  if (legs === undefined)
    return (
      server && { label: 'legs', phrases: [{ text: 'left out: members read another clock than the client' }] }
    )
  const parts = legParts(legs, latency?.service)
  const total = parts.reduce((sum, [, ns]) => sum + ns, 0)
  if (total <= 0) return undefined
  const [leg, longest] = parts.reduce((a, b) => (b[1] > a[1] ? b : a))
  const sum = parts.map(([name, ns]) => `${name} ${formatDuration(ns)}`).join(' + ')
  const phrases: Phrase[] = [{ text: `mean ${formatDuration(total)} = ${sum}` }]
  if (longest > DOMINANT * total)
    phrases.push({
      text: `${formatPercent(longest / total, 0)} of it ${leg === 'queue' ? QUEUE_IN_WORDS[group.dispatch ?? 'reuseport'] : LEG_IN_WORDS[leg]}`,
    })
  return { label: 'legs', phrases }
}

/** Round trips a second, and the CPU time that each took. */
export function rateLine({
  throughput,
  client,
}: Pick<RunResult, 'throughput'> & Pick<Partial<RunResult>, 'client'>): Line {
  const { roundTripsPerSecond, cpuPerRoundTripNs: cpu } = throughput
  const over = client?.engine === undefined ? '' : ` (${client.engine})`
  return {
    label: 'rate',
    phrases: [
      { text: `${formatCount(roundTripsPerSecond)} round trips/s` },
      ...(cpu === undefined
        ? []
        : [
            {
              text: `CPU time of each: client${over} ${formatDuration(cpu.client)}${cpu.members === undefined ? '' : `, members ${formatDuration(cpu.members)}`}`,
            },
          ]),
    ],
  }
}

/** In an open loop: what was offered, what was sent of it, and how punctually. */
export function scheduleLine({
  throughput,
  schedule,
}: Pick<RunResult, 'throughput' | 'schedule'>): Line | undefined {
  const { offeredPerSecond, achievedPerSecond } = throughput
  if (offeredPerSecond === undefined || offeredPerSecond <= 0) return undefined
  const achieved = achievedPerSecond / offeredPerSecond
  const phrases: Phrase[] = [
    { text: `${formatCount(offeredPerSecond)}/s offered` },
    { text: `${formatCount(achievedPerSecond)}/s sent (${formatPercent(achieved)})` },
  ]
  if (schedule !== undefined) {
    const { p50Ns, p99Ns } = schedule.lag
    phrases.push({ text: `sent late by p50 ${formatDuration(p50Ns)}, p99 ${formatDuration(p99Ns)}` })
  }
  return { label: 'schedule', phrases }
}

function percentiles(summary: LatencySummary, from?: string): Phrase[] {
  const { p50Ns, p90Ns, p99Ns, p999Ns, maxNs } = summary
  const named: [string, number][] = [
    ['p50', p50Ns],
    ['p90', p90Ns],
    ['p99', p99Ns],
    ['p99.9', p999Ns],
    ['max', maxNs],
  ]
  const phrases: Phrase[] = named.map(([name, ns]) => ({ text: `${name} ${formatDuration(ns)}` }))
  return from === undefined ? phrases : [...phrases, { text: from }]
}

/** The legs in order. Without kernel timestamps the first two are one: what the others leave of the service time. */
function legParts(legs: Legs, service: LatencySummary | undefined): [Leg, number][] {
  const { request, queue, server, reply } = legs
  const rest: [Leg, number][] = [
    ['server', server.meanNs],
    ['reply', reply.meanNs],
  ]
  if (request !== undefined && queue !== undefined)
    return [['request', request.meanNs], ['queue', queue.meanNs], ...rest]
  const before = (service?.meanNs ?? 0) - server.meanNs - reply.meanNs
  return before > 0 ? [['before the member', before], ...rest] : rest
}
