import { endpoint } from '../units/addresses.js'
import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import type {
  AffinityEvidence,
  BalanceEvidence,
  ChurnEvidence,
  OverloadEvidence,
} from '../result/claim-evidence.js'
import type { Claim, Ruling } from '../result/verify-result.js'
import type { Line } from './line.js'
import { plural } from '../units/plural.js'
import { formatP, formatStatistic } from './spread-lines.js'
import type { Tone } from './style.js'

export const CLAIM_TONES: Readonly<Record<Ruling['verdict'], Tone>> = {
  holds: 'good',
  'does not hold': 'bad',
  'cannot tell': 'warn',
}
const SHOWN = 3
/** Below this, p-values of a fair hash would be as uneven once in 10,000 verifications. */
const UNIFORM = 1e-4

/** A claim with its verdict in a sentence, then the figures it rests on. */
export function claimLines(claim: Claim): Line[] {
  return [
    {
      label: claim.id,
      verdict: { text: claim.verdict, tone: CLAIM_TONES[claim.verdict] },
      phrases: [{ text: claim.why }],
    },
    ...evidenceLines(claim),
  ]
}

function evidenceLines(claim: Claim): Line[] {
  switch (claim.id) {
    case 'affinity':
      return claim.evidence ? affinityLines(claim.evidence) : []
    case 'balance':
      return claim.evidence ? balanceLines(claim.evidence) : []
    case 'churn':
      return claim.evidence ? churnLines(claim.evidence) : []
    case 'overload':
    default:
      return claim.evidence ? overloadLines(claim.evidence) : []
  }
}

/** One figure of a claim under its name, with the empty ones left out. */
function figure(name: string, ...texts: (string | false)[]): Line {
  return {
    label: '',
    verdict: { text: name },
    phrases: texts.filter((text) => text !== false).map((text) => ({ text })),
  }
}

function affinityLines({ runs, violations, moved }: AffinityEvidence): Line[] {
  const sum = (of: typeof runs, key: 'flows' | 'replies' | 'moved' | 'unanswered'): number =>
    of.reduce((total, run) => total + run[key], 0)
  const rows: [string, typeof runs, string][] = [
    ['fresh runs', runs.filter(({ load }) => load === 'closed loop'), 'each a draw of its own'],
    ['light load', runs.filter(({ load }) => load === 'light'), ''],
    ['overloaded', runs.filter(({ load }) => load === 'overload'), ''],
  ]
  return [
    ...rows.flatMap(([name, some, remark]) => {
      if (some.length === 0) return []
      const unanswered = sum(some, 'unanswered')
      return [
        figure(
          name,
          some.length > 1 && `${plural(some.length, 'run', 'runs')}${remark === '' ? '' : `, ${remark}`}`,
          plural(sum(some, 'flows'), 'flow', 'flows'),
          plural(sum(some, 'replies'), 'reply', 'replies'),
          `${formatCount(sum(some, 'moved'))} moved`,
          unanswered > 0 && `${formatCount(unanswered)} never got a reply`,
        ),
      ]
    }),
    ...violations
      .slice(0, SHOWN)
      .map(({ sourceAddress, sourcePort, destinationPort, members }) =>
        figure(
          'moved',
          `${endpoint(sourceAddress, sourcePort)} → port ${destinationPort} at members ${members.join(' and ')}`,
        ),
      ),
    ...(moved > SHOWN && violations.length > SHOWN ? [figure('', `${formatCount(moved - SHOWN)} more`)] : []),
  ]
}

function balanceLines({ repetitions, pooled, uniformity, fairBand, effectBoundW }: BalanceEvidence): Line[] {
  const statistics = repetitions.map(({ chiSquare }) => formatStatistic(chiSquare)).join(' ')
  const most = Math.max(...repetitions.map(({ maxOverMean }) => maxOverMean))
  const tooEven = repetitions.filter(({ verdict }) => verdict === 'too-even').length
  return [
    figure('draws', `χ² ${statistics}`, `df ${repetitions[0]?.degreesOfFreedom ?? 0} each`),
    figure(
      'pooled',
      `χ² ${formatStatistic(pooled.chiSquare)}, df ${pooled.degreesOfFreedom}, ${formatP(pooled.pValue)}`,
    ),
    figure(
      'p-values',
      uniformity.pValue < UNIFORM ? 'not uniform, so these are no fair draws' : 'uniform',
      `Kolmogorov-Smirnov D ${uniformity.statistic.toFixed(2)}, ${formatP(uniformity.pValue)}`,
      tooEven > 1 && `${tooEven} draws are more even than chance allows`,
    ),
    figure(
      'max/mean',
      `${most.toFixed(3)} at most`,
      `a fair hash stays under ${fairBand.maxOverMean.p95.toFixed(3)} in 95 % of draws`,
    ),
    figure(
      'power',
      `a skew (CV) of ${formatPercent(pooled.skewedW)} would have failed it in 80 % of cases`,
      `one of ${formatPercent(pooled.detectableW)} would have been seen`,
      `up to ${formatPercent(effectBoundW, 0)} does not matter`,
    ),
  ]
}

function churnLines({ changes, skipped }: ChurnEvidence): Line[] {
  return [
    ...changes.map(
      ({ change, verdict, flows, moved, movedShare, collateral, predicted, minimum, lost, test }) =>
        figure(
          // The way in which a member restarts is in the JSON.
          change.replace(/ \(.*\)$/, ''),
          verdict === 'unseen' && 'not seen',
          `${formatPercent(movedShare)} moved (${formatCount(moved)} of ${formatCount(flows)})`,
          `the model says ${formatPercent(predicted.movedShare)}`,
          `least possible ${formatPercent(minimum.movedShare)}`,
          `${formatCount(collateral)} of them although their process lives`,
          test.checked !== undefined &&
            `${formatCount(test.agreed ?? 0)} of ${plural(test.checked, 'flow', 'flows')} where their hash puts them`,
          test.pValue !== undefined && formatP(test.pValue),
          `${lost === 0 ? 'nothing' : formatCount(lost)} lost`,
        ),
    ),
    ...(skipped.length > 0 ? [figure('not seen', ...skipped)] : []),
  ]
}

function overloadLines({ serviceTimeNs, capacityHz, light, overloads, breaks }: OverloadEvidence): Line[] {
  const load = (name: string, run: typeof light): Line =>
    figure(
      name,
      `${formatCount(run.rateHz)} requests/s`,
      `${run.lost === 0 ? 'nothing' : formatPercent(run.lostShare)} lost`,
      run.unanswered > 0 && `${plural(run.unanswered, 'flow', 'flows')} never got a reply`,
    )
  return [
    figure(
      'capacity',
      `${formatCount(capacityHz)} requests/s at most: each member sleeps ${formatDuration(serviceTimeNs)} for each`,
    ),
    load('light load', light),
    ...overloads.flatMap((run) => [
      load('overloaded', run),
      figure(
        'placement',
        `${formatCount(run.placement.compared - run.placement.moved)} of ${plural(run.placement.compared, 'flow', 'flows')} at the same member as under the light load`,
        spreadText(run.placement),
        ...run.placement.examples
          .slice(0, SHOWN)
          .map(
            ({ sourceAddress, sourcePort, members }) =>
              `${endpoint(sourceAddress, sourcePort)} ${members.join(' → ')}`,
          ),
      ),
      ...deliveryLines(run),
    ]),
    ...(breaks.length > 0 ? [figure('breaks', ...breaks)] : []),
  ]
}

/** How the flows that were seen under both loads spread, then and now. */
function spreadText({ light, overload }: OverloadEvidence['overloads'][number]['placement']): string | false {
  if (light.chiSquare === undefined || overload.chiSquare === undefined) return false
  return `χ² ${formatStatistic(light.chiSquare)} then, ${formatStatistic(overload.chiSquare)} now`
}

/** How alike members answer what comes to them. */
function deliveryLines({ imbalance }: OverloadEvidence['light']): Line[] {
  if (imbalance === undefined) return []
  const { delivery } = imbalance.parts
  const ratios = imbalance.members.map(({ deliveryRatio }) => deliveryRatio?.toFixed(2) ?? 'none').join(' ')
  return [
    figure(
      'delivery',
      delivery.verdict,
      `members deliver ${ratios} of what equal ones would`,
      `the least ${formatPercent(delivery.shortfall)} below the most, where up to ${formatPercent(delivery.bound, 0)} is noise`,
    ),
  ]
}
