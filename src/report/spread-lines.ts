import { formatCount, formatPercent } from '../units/format.js'
import { DISPATCH } from '../plan/dispatch.js'
import { basisOf, type SteeringBasis } from '../plan/steering.js'
import type { Affinity, Balance, MemberResult, RunResult } from '../result/run-result.js'
import { type Line, NBSP, type Phrase } from './line.js'
import { plural } from '../units/plural.js'
import type { Tone } from './style.js'

const BALANCE_TONES: Readonly<Record<Balance['verdict'], Tone>> = {
  fair: 'good',
  skewed: 'bad',
  'too-even': 'warn',
  underpowered: 'warn',
}
const SHOWN_VIOLATIONS = 3

/** Is the spread of flows over members what a fair hash gives? */
export function balanceLine({ balance, affinity, group, members }: RunResult): Line {
  const basis = basisOf(group)
  if (basis !== 'flow') return otherwiseSpread(group, basis, members)
  if (balance === undefined)
    return {
      label: 'balance',
      verdict: { text: 'unknown', tone: 'warn' },
      phrases: [{ text: 'no flow got a reply' }],
    }
  const { chiSquare, degreesOfFreedom, maxOverMean, fairBand, verdict } = balance
  const draws = balance.draws === undefined ? '' : ` (Monte Carlo, ${formatCount(balance.draws)} draws)`
  const phrases = [
    `χ² ${formatStatistic(chiSquare)}, df ${degreesOfFreedom}, ${formatP(balance.pValue)}${draws}`,
    `max/mean${NBSP}${maxOverMean.toFixed(3)} (a fair hash stays under ${fairBand.maxOverMean.p95.toFixed(3)} in 95 % of runs)`,
    balanceReason(balance, affinity.unanswered),
  ]
  return {
    label: 'balance',
    verdict: { text: verdict, tone: BALANCE_TONES[verdict] },
    phrases: phrases.filter((text) => text !== '').map((text) => ({ text })),
  }
}

/** A spread that is not chance's: what there is of it, with nothing to hold it against. */
function otherwiseSpread(
  { dispatch = 'reuseport' }: RunResult['group'],
  basis: Exclude<SteeringBasis, 'flow'>,
  members: readonly MemberResult[],
): Line {
  const taken = members.map((member) => member.taken)
  const total = taken.reduce((sum, count) => sum + count, 0)
  const ratio =
    total === 0 ? [] : [`taken, max/mean${NBSP}${((Math.max(...taken) * taken.length) / total).toFixed(3)}`]
  const why = {
    cpu: 'members get what their CPU handles, so this is no fair hash and not tested as one',
    datagram: DISPATCH[dispatch].ownQueues
      ? 'each datagram is placed anew, so flows have no member and there is no hash to test'
      : 'members take from one socket as they come to it, so flows have no member and there is no hash to test',
  }[basis]
  return {
    label: 'balance',
    verdict: { text: `by ${basis}` },
    phrases: [...ratio, why].map((text) => ({ text })),
  }
}

/** Why the verdict is not the one that the p-value alone would suggest, or what to make of it. */
function balanceReason(
  { verdict, pValue, alpha, cv, effectBoundW, power }: Balance,
  unanswered: number,
): string {
  const spread = formatPercent(cv)
  const bound = formatPercent(effectBoundW)
  switch (verdict) {
    case 'skewed':
      return `spread (CV) ${spread}, beyond the ${bound} from which it matters`
    case 'too-even':
      return 'more even than chance allows: is there a proxy or a round robin in between, or are these the same flows again?'
    case 'underpowered': {
      if (unanswered > 0 && pValue < alpha)
        return `${plural(unanswered, 'flow', 'flows')} never got a reply, and where those belong is not seen: this is the spread of the others, and no sign of the hash`
      const needed = power.flowsForEffectBound
      return `so few flows only show a spread (CV) from ${formatPercent(power.detectableW)} on; ${bound} needs ${formatCount(needed)} flows: try --flows ${needed}`
    }
    case 'fair':
    default:
      return pValue < alpha
        ? `p is below ${alpha}, but a spread (CV) of ${spread} is under the ${bound} from which it matters`
        : ''
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
  if (moved === 0) {
    const kept = answered === 1 ? 'the one flow' : `each of ${formatCount(answered)} flows`
    return ruling('kept', 'good', [{ text: `${kept} stayed on one member` }, ...silent])
  }
  const count = `${formatCount(moved)} of ${plural(flows, 'flow', 'flows')} seen at more than one member`
  if (affinity.expected === false)
    return ruling('none', undefined, [{ text: count }, { text: notExpected(group) }, ...silent])
  return ruling('moved', 'bad', [{ text: count }, ...examplesOf(affinity), ...silent])
}

/** Why flows that moved are no violation. */
function notExpected(group: RunResult['group']): string {
  const { steering = 'hash', dispatch = 'reuseport' } = group
  if (!DISPATCH[dispatch].ownQueues)
    return 'members share one socket, and a flow goes to whoever comes to it first'
  return basisOf(group) === 'cpu'
    ? `under steering ${steering} a flow moves with the CPU that its sender runs on`
    : `steering ${steering} places each datagram anew and keeps no flow together`
}

function ruling(text: string, tone: Tone | undefined, phrases: Phrase[]): Line {
  return { label: 'affinity', verdict: { text, tone }, phrases }
}

function examplesOf({ moved, violations }: Affinity): Phrase[] {
  const shown = violations.slice(0, SHOWN_VIOLATIONS)
  const examples = shown.map(
    ({ sourceAddress, sourcePort, members }) =>
      `${sourceAddress}:${sourcePort} at members ${members.join(' and ')}`,
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
