import type { RunResult } from '../result/run-result.js'
import { plural } from '../units/plural.js'
import { formatCount, formatPercent } from '../units/format.js'
import type { Line, Phrase } from './line.js'
import { countingCost, readersCost } from './observing-cost.js'
import { readersInWords } from './reader-words.js'

/** Owners that are named; of more, it is said how many they are. */
const MOST_OWNERS = 4

const named = (all: readonly string[]): string =>
  [
    ...all.slice(0, MOST_OWNERS),
    ...(all.length > MOST_OWNERS ? [`${formatCount(all.length - MOST_OWNERS)} more`] : []),
  ].join(', ')

/** What of a server that is not ours can be seen: its sockets on the port, and whose they are. */
export function targetLine({
  targetSockets,
  targetUncounted,
  targetCost,
}: Pick<RunResult, 'targetSockets' | 'targetUncounted' | 'targetCost'>): Line | undefined {
  if (targetSockets === undefined) return undefined
  if (targetSockets.length === 0)
    return { label: 'target', phrases: [{ text: 'nobody has a socket on its port here', tone: 'warn' }] }
  const owners = new Map<string, number>()
  for (const { owner } of targetSockets) owners.set(owner, (owners.get(owner) ?? 0) + 1)
  const whose = [...owners].map(([owner, sockets]) => (sockets > 1 ? `${owner} with ${sockets}` : owner))
  const came = targetSockets.filter(({ atBegin }) => !atBegin).length
  const went = targetSockets.filter(({ atEnd }) => !atEnd).length
  const phrases: Phrase[] = [
    {
      text: `${plural(targetSockets.length, 'socket', 'sockets')} on its port: ${named(whose)}`,
    },
    ...(went > 0 ? [{ text: `${formatCount(went)} closed meanwhile`, tone: 'warn' as const }] : []),
    ...(came > 0 ? [{ text: `${formatCount(came)} opened meanwhile`, tone: 'warn' as const }] : []),
  ]
  if (targetUncounted !== undefined) {
    const { why, needs } = targetUncounted
    const it = needs === undefined ? '' : `; it needs ${needs}`
    phrases.push({ text: `which of them got what was not counted: ${why}${it}` })
    const read = [
      ...new Set(targetSockets.filter(({ readers }) => readers?.threads.length).map(readersInWords)),
    ]
    if (read.length > 0) phrases.push({ text: `read by ${named(read)}` })
  } else if (targetSockets.some(({ packets = 0 }) => packets > 0))
    phrases.push({ text: countingCost(targetCost?.counted) })
  if (targetCost?.readers) phrases.push({ text: readersCost(targetCost.readers) })
  return { label: 'target', phrases }
}

/** How the replies of a server of HTTP ended. */
export function statusesLine({ statuses }: Pick<RunResult, 'statuses'>): Line | undefined {
  if (statuses === undefined || statuses.length === 0) return undefined
  const total = statuses.reduce((sum, { count }) => sum + count, 0)
  return {
    label: 'statuses',
    phrases: statuses.map(({ status, count }): Phrase => ({
      text: `${status} ${formatCount(count)} (${formatPercent(count / total)})`,
      ...(status >= 400 && { tone: 'warn' as const }),
    })),
  }
}

/** How the answers of a server of DNS ended. */
export function answersLine({ answers }: Pick<RunResult, 'answers'>): Line | undefined {
  if (answers === undefined) return undefined
  const { rcodes, truncated, questions } = answers
  const total = rcodes.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return undefined
  return {
    label: 'answers',
    phrases: [
      ...rcodes.map(({ rcode, count }): Phrase => ({
        text: `${rcode} ${formatCount(count)} (${formatPercent(count / total)})`,
        ...(rcode !== 'NOERROR' && rcode !== 'NXDOMAIN' && { tone: 'warn' as const }),
      })),
      ...(truncated > 0
        ? [
            {
              text: `${formatCount(truncated)} truncated (a resolver asks again over TCP)`,
              tone: 'warn' as const,
            },
          ]
        : []),
      { text: `${plural(questions, 'question', 'questions')} in turn` },
    ],
  }
}
