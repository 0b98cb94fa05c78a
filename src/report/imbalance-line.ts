import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import type { Imbalance, ImbalanceCause, MemberLoad } from '../result/imbalance.js'
import type { RunResult } from '../result/run-result.js'
import { type Line, NBSP, type Phrase } from './line.js'
import type { Tone } from './style.js'

const TONES: Readonly<Record<Imbalance['verdict'], Tone | undefined>> = {
  even: 'good',
  hash: 'warn',
  'few-flows': undefined,
  weights: undefined,
  'slow-member': 'warn',
  scheduler: 'warn',
  mixed: 'warn',
  unexplained: 'warn',
}
/** More members than this are counted, not listed. */
const MOST_NAMED = 6

type Of<Name extends ImbalanceCause['cause']> = Extract<ImbalanceCause, { cause: Name }>

/**
 * In an overload: what went unanswered, and whether all members share it alike or what makes the difference. Without one
 * only where members deliver unequally: what the flows and their weights do then has its own lines.
 */
export function imbalanceLine({ imbalance }: Pick<RunResult, 'imbalance'>): Line | undefined {
  if (imbalance === undefined) return undefined
  const { overloaded, parts, verdict, causes } = imbalance
  if (!overloaded && parts.delivery.verdict === 'even') return undefined
  const name = (cause: ImbalanceCause): string => (causes.length > 1 ? `${cause.cause}: ` : '')
  const phrases = [
    ...(overloaded ? [unanswered(imbalance)] : []),
    ...(causes.length === 0 ? alike(imbalance) : []),
    ...causes.flatMap((cause) => {
      const [first = '', ...more] = phrasesOf(cause, imbalance)
      return [name(cause) + first, ...more]
    }),
  ]
  return {
    label: overloaded ? 'overload' : 'imbalance',
    verdict: { text: verdict, tone: TONES[verdict] },
    phrases: phrases.map((text): Phrase => ({ text })),
  }
}

/** What one cause did, and the figures that say that it was this one. */
function phrasesOf(cause: ImbalanceCause, imbalance: Imbalance): string[] {
  switch (cause.cause) {
    case 'hash':
      return [
        `${offers(imbalance)}: the hash put the flows unequally, spread (CV) ${formatPercent(cause.size)}`,
      ]
    case 'few-flows':
      return [
        `members got ${range(imbalance, ({ flowShare }) => flowShare)} of only ${formatCount(cause.flows)} flows`,
        `spread (CV) ${formatPercent(cause.size, 0)}: a fair hash stays under ${formatPercent(cause.fairCv, 0)} in 99 % of runs, more flows are more even`,
      ]
    case 'weights':
      return [
        `${offers(imbalance)}: some flows are heavy`,
        `the flows weigh as much as ${formatCount(cause.effectiveFlows)} equal ones (F_eff)`,
      ]
    case 'slow-member':
      return [delivered(cause, imbalance), work(cause)]
    case 'scheduler':
      return [delivered(cause, imbalance), wait(cause)]
    case 'unexplained':
    default:
      return [
        delivered(cause, imbalance),
        'neither the work for a request nor the wait for a CPU explains it',
      ]
  }
}

function unanswered({ overload, members }: Imbalance): string {
  const { lostShare, lateShare } = overload
  const kinds: [number, string][] = [
    [lostShare, 'lost'],
    [lateShare, 'late'],
  ]
  const parts = kinds
    .filter(([share]) => share > 0)
    .map(([share, what], i) => `${formatPercent(share)} ${i === 0 ? 'of the requests ' : ''}${what}`)
  const only = overload.members.length < members.length ? ` at ${nameMembers(overload.members)}` : ''
  return parts.join(', ') + only
}

function alike(imbalance: Imbalance): string[] {
  const { members } = imbalance
  if (members.length === 1) return []
  return [`members answered alike, ${rangeOf(sharesOf(members))} of what came to each`]
}

function offers({ members }: Imbalance): string {
  const ascending = members.toSorted((a, b) => a.offeredShare - b.offeredShare)
  const [least, most] = [ascending[0]!, ascending.at(-1)!]
  return `members were offered ${formatPercent(least.offeredShare)} to ${formatPercent(most.offeredShare)} of the requests each, most of them member ${most.index}`
}

/** Members that answered less of theirs than all others; where offers differ, what they delivered less than the others. */
function delivered({ members }: ImbalanceCause, imbalance: Imbalance): string {
  const low = imbalance.members.filter(({ index }) => members.includes(index))
  const others = imbalance.members.filter(({ index }) => !members.includes(index))
  const [theirs, rest] = [sharesOf(low), sharesOf(others)]
  if (imbalance.parts.hash.verdict === 'even' && Math.max(...theirs) < 0.99 * Math.min(...rest))
    return `${nameMembers(members)} answered ${rangeOf(theirs)} of what came, ${othersName(others)} ${rangeOf(rest)}`
  const less = 1 - mean(ratiosOf(low)) / mean(ratiosOf(others))
  return `${nameMembers(members)} delivered ${formatPercent(less, 0)} less than ${othersName(others)}`
}

function work({ members, workPerRequestNs, othersWorkPerRequestNs, ratio }: Of<'slow-member'>): string {
  const whom = members.length === 1 ? 'it' : 'them'
  return `a request takes ${whom} ${formatDuration(workPerRequestNs)} of work, the others ${formatDuration(othersWorkPerRequestNs)} (${ratio.toFixed(1)}${NBSP}×)`
}

function wait({ members, stretch, othersStretch }: Of<'scheduler'>): string {
  const whose = members.length === 1 ? 'its' : 'their'
  return `waiting for a CPU stretches ${whose} work ${stretch.toFixed(1)}${NBSP}times, the others' ${othersStretch.toFixed(1)}${NBSP}times`
}

function othersName(others: readonly MemberLoad[]): string {
  return others.length === 1 ? nameMembers([others[0]!.index]) : 'the others'
}

function nameMembers(members: readonly number[]): string {
  if (members.length === 1) return `member ${members[0]}`
  const named = members.slice(0, MOST_NAMED)
  const rest = members.length - named.length
  return rest > 0
    ? `${members.length} members (${named.join(', ')}, …)`
    : `members ${named.slice(0, -1).join(', ')} and ${named.at(-1)}`
}

function range({ members }: Imbalance, pick: (member: MemberLoad) => number): string {
  return rangeOf(members.map(pick))
}

const sharesOf = (members: readonly MemberLoad[]): number[] =>
  members.flatMap(({ answeredShare }) => answeredShare ?? [])

const ratiosOf = (members: readonly MemberLoad[]): number[] =>
  members.flatMap(({ deliveryRatio }) => deliveryRatio ?? [])

/** `52 – 58 %`, or one number where the ends read the same. */
function rangeOf(shares: readonly number[]): string {
  const [least, most] = [Math.min(...shares) * 100, Math.max(...shares) * 100]
  const digits = most < 10 ? 1 : 0
  const [from, to] = [least.toFixed(digits), most.toFixed(digits)]
  return from === to ? `${to} %` : `${from}${NBSP}–${NBSP}${to} %`
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
