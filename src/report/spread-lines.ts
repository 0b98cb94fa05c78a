import { flagOf } from '../plan/parameters/table.js'
import { endpoint } from '../units/addresses.js'
import { formatCount, formatPercent } from '../units/format.js'
import { DISPATCH } from '../plan/dispatch.js'
import { COUNTED_AS } from '../plan/protocol.js'
import { basisOf, type SteeringBasis } from '../plan/steering.js'
import type { Affinity, Balance, MemberResult, RunResult } from '../result/run-result.js'
import { type Line, NBSP, type Phrase } from './line.js'
import { plural } from '../units/plural.js'
import type { Tone } from './style.js'

const BALANCE_TONES: Readonly<Record<Balance['verdict'], Tone>> = {
  fair: 'good',
  'uneven-below-bound': 'warn',
  skewed: 'bad',
  'too-even': 'warn',
  underpowered: 'warn',
  unknown: 'warn',
}
const BALANCE_IN_WORDS: Partial<Record<Balance['verdict'], string>> = {
  'uneven-below-bound': 'uneven, below the bound',
}
const SHOWN_VIOLATIONS = 3

/** Is the spread of flows over members what a fair hash gives? */
export function balanceLine({ balance, affinity, group, members }: RunResult): Line {
  const basis = basisOf(group)
  if (basis === 'unknown') return balance ? spreadLine(balance, { asked: true }) : notKnown('balance')
  if (basis !== 'flow') return otherwiseSpread(group, basis, members)
  if (balance === undefined)
    return {
      label: 'balance',
      verdict: { text: 'unknown', tone: 'warn' },
      phrases: [{ text: 'no flow got a reply' }],
    }
  return spreadLine(balance, { asked: true, unanswered: affinity.unanswered })
}

interface Spreading {
  /** whether the flows are ours, so that there can be more of them on demand */
  asked?: true
  /** flows that no member answered */
  unanswered?: number
}

/** How flows spread over members, and whether a fair hash spreads them so. */
export function spreadLine(balance: Balance, spreading: Spreading = {}): Line {
  const { verdict } = balance
  return {
    label: 'balance',
    verdict: { text: BALANCE_IN_WORDS[verdict] ?? verdict, tone: BALANCE_TONES[verdict] },
    phrases: phrasesOf(balance, spreading)
      .filter((text) => text !== '')
      .map((text) => ({ text })),
  }
}

/** What nobody can say of a server that does not tell which member answers. */
function notKnown(label: 'balance' | 'affinity'): Line {
  return {
    label,
    verdict: { text: 'not known' },
    phrases: [
      {
        text: {
          balance: 'the target does not tell which member answers',
          affinity: 'nor where a flow was before',
        }[label],
      },
    ],
  }
}

function phrasesOf(balance: Balance, { asked, unanswered = 0 }: Spreading): string[] {
  const { chiSquare, degreesOfFreedom, groups, maxOverMean, fairBand, verdict, unansweredShare } = balance
  if (verdict === 'unknown')
    return [
      `${plural(unanswered, 'flow', 'flows')} (${formatPercent(unansweredShare)}) never got a reply, and where they were put is not known`,
      'those that were answered are no fair sample: each member answers as many as its queue holds',
      `try ${flagOf('observeHash')}, or less load`,
    ]
  if (balance.members === 1) return ['one member has all flows: there is nothing to spread']
  const draws = balance.draws === undefined ? '' : ` (Monte Carlo, ${formatCount(balance.draws)} draws)`
  return [
    `χ² ${formatStatistic(chiSquare)}, df ${degreesOfFreedom}, ${formatP(balance.pValue)}${draws}`,
    `max/mean${NBSP}${maxOverMean.toFixed(3)} (a fair hash stays under ${fairBand.maxOverMean.p95.toFixed(3)} in 95 % of runs)`,
    groups === undefined ? '' : `each flow within its own of ${formatCount(groups)} groups`,
    balanceReason(balance, asked),
    basisInWords(balance, unanswered),
  ]
}

/** How it is known where flows were put that no member answered. */
function basisInWords({ basis }: Balance, unanswered: number): string {
  if (unanswered === 0) return ''
  const flows = plural(unanswered, 'flow', 'flows')
  switch (basis) {
    case 'hash':
      return `${flows} never got a reply, and are where their hash puts them`
    case 'reckoned':
      return `${flows} never got a reply, and are reckoned from what came to each member`
    case 'answered':
    default:
      return ''
  }
}

/** A spread that is not chance's: what there is of it, with nothing to hold it against. */
function otherwiseSpread(
  { dispatch = 'reuseport', protocol }: RunResult['group'],
  basis: Exclude<SteeringBasis, 'flow'>,
  members: readonly MemberResult[],
): Line {
  const taken = members.flatMap((member) => member.taken ?? [])
  const total = taken.reduce((sum, count) => sum + count, 0)
  const ratio =
    total === 0 ? [] : [`taken, max/mean${NBSP}${((Math.max(...taken) * taken.length) / total).toFixed(3)}`]
  const { placed } = COUNTED_AS[protocol]
  const why = {
    cpu: 'members get what their CPU handles, so this is no fair hash and not tested as one',
    datagram: DISPATCH[dispatch].ownQueues
      ? `each ${placed} is placed anew, so flows have no member and there is no hash to test`
      : 'members take from one socket as they come to it, so flows have no member and there is no hash to test',
  }[basis]
  return {
    label: 'balance',
    verdict: { text: `by ${basis === 'datagram' ? placed : basis}` },
    phrases: [...ratio, why].map((text) => ({ text })),
  }
}

/** Why the verdict is not the one that the p-value alone would suggest, or what to make of it. */
function balanceReason({ verdict, cv, effectBoundW, power, alpha }: Balance, asked?: true): string {
  const spread = formatPercent(cv)
  const bound = formatPercent(effectBoundW)
  switch (verdict) {
    case 'skewed':
      return `spread (CV) ${spread}, beyond the ${bound} from which it matters`
    case 'too-even':
      return 'more even than chance allows: is there a proxy or a round robin in between, or are these the same flows again?'
    case 'underpowered': {
      const needed = power.flowsForEffectBound
      return `of so few flows only a spread (CV) from ${formatPercent(power.skewedW)} on is called skewed in 80 % of runs; to see one of ${bound} takes ${formatCount(needed)} flows: ${asked ? `try ${flagOf('flows')} ${needed}` : 'watch longer'}`
    }
    case 'uneven-below-bound':
      return `p is below ${alpha}, so this is no fair hash, but a spread (CV) of ${spread} is within the ${bound} from which it matters (without what chance adds; from ${formatPercent(power.skewedW)} on it is called skewed in 80 % of runs)`
    case 'fair':
    case 'unknown':
    default:
      return ''
  }
}

/** Did every flow stay on one member? */
export function affinityLine({ affinity, group }: RunResult): Line {
  const { flows, moved, unanswered, unasked } = affinity
  const answered = flows - unanswered - unasked
  if (answered <= 0) return ruling('unknown', 'warn', [{ text: 'no flow got a reply' }])
  const silent: Phrase[] = [
    ...(unanswered > 0
      ? [{ text: `${plural(unanswered, 'flow', 'flows')} never got a reply`, tone: 'warn' as const }]
      : []),
    ...(unasked > 0 ? [{ text: `${plural(unasked, 'flow was', 'flows were')} never asked` }] : []),
  ]
  if (moved === undefined) {
    const line = notKnown('affinity')
    return { ...line, phrases: [...line.phrases, ...silent] }
  }
  if (moved === 0) {
    const kept = answered === 1 ? 'the one flow' : `each of ${formatCount(answered)} flows`
    return ruling('kept', 'good', [{ text: `${kept} stayed on one member` }, ...silent])
  }
  const count = `${formatCount(moved)} of ${plural(flows, 'flow', 'flows')} seen at more than one member`
  if (affinity.expected === false)
    return ruling('none', undefined, [{ text: count }, { text: notExpected(group) }, ...silent])
  return ruling('moved', 'bad', [{ text: count }, ...examplesOf(moved, affinity), ...silent])
}

/** Why flows that moved are no violation. */
function notExpected(group: RunResult['group']): string {
  const { steering = 'hash', dispatch = 'reuseport' } = group
  if (!DISPATCH[dispatch].ownQueues)
    return 'members share one socket, and a flow goes to whoever comes to it first'
  return basisOf(group) === 'cpu'
    ? `under steering ${steering} a flow moves with the CPU that its sender runs on`
    : `steering ${steering} places each ${COUNTED_AS[group.protocol].placed} anew and keeps no flow together`
}

function ruling(text: string, tone: Tone | undefined, phrases: Phrase[]): Line {
  return { label: 'affinity', verdict: { text, tone }, phrases }
}

function examplesOf(moved: number, { violations = [] }: Affinity): Phrase[] {
  const shown = violations.slice(0, SHOWN_VIOLATIONS)
  const examples = shown.map(
    ({ sourceAddress, sourcePort, members }) =>
      `${endpoint(sourceAddress, sourcePort)} at members ${members.join(' and ')}`,
  )
  const more = moved - shown.length
  return [...examples, ...(more > 0 ? [`${formatCount(more)} more`] : [])].map((text) => ({ text }))
}

/** Two digits that matter, and never 0 or 1: no test says that. */
export function formatP(p: number): string {
  if (p < 0.0001) return 'p < 0.0001'
  if (p > 0.9999) return 'p > 0.9999'
  return `p ${p > 0.99 ? p.toFixed(4) : Number(p.toPrecision(2))}`
}

export function formatStatistic(value: number): string {
  if (value >= 100) return formatCount(value)
  return value.toFixed(value < 10 ? 2 : 1)
}
