import type { Imbalance, ImbalanceCause } from '../result/imbalance.js'
import { deliveredAtEqualCapacity } from './equal-capacity.js'
import type { ImbalanceInput, MemberEvidence } from './imbalance.js'
import { compareTimes, requestTimeOf, type Slowness } from './member-time.js'

export interface Delivery {
  part: Imbalance['parts']['delivery']
  causes: ImbalanceCause[]
  /** by member: delivered over expected; undefined where nothing was expected */
  ratios: (number | undefined)[]
}

/**
 * How much less the lowest member may deliver than the highest before it matters. For two halves of a group it is a
 * coefficient of variation of 11 %, for one member of four 10 %: the bound that the spread of flows has, put so that
 * one member is also found among many.
 */
const EFFECT_BOUND = 0.2

/**
 * Counts of requests answered vary by chance, in a full queue as the service times do and in one that is full now and then
 * as the arrivals do as well: for exponential ones both have a variance of their mean, which is 2 together (index
 * of dispersion). docs/overload.md has what was measured. Four standard deviations of the difference of two members.
 */
const DISPERSION = 2
const NOISE_Z = 4

/** Below this share answered while the load was on, a member did not keep up: what it answers by then is its capacity. */
const KEPT_UP = 0.95

/** The part of the delivery: what each member delivered, against what equal members would have of the same offers. */
export function delivery(input: ImbalanceInput): Delivery {
  const { members } = input
  const delivered = members.map(deliveredBy)
  const expected = expectedOf(input, delivered)
  const ratios = expected.map((count, index) => (count > 0 ? delivered[index]! / count : undefined))
  const known = ratios.flatMap((ratio, index) => (ratio === undefined ? [] : [{ ratio, index }]))
  const nothing: Delivery = {
    part: { cv: 0, bound: EFFECT_BOUND, shortfall: 0, verdict: 'even' },
    causes: [],
    ratios,
  }
  if (known.length < 2) return nothing
  const ascending = known.toSorted((a, b) => a.ratio - b.ratio)
  const [lowest, highest] = [ascending[0]!, ascending.at(-1)!]
  if (highest.ratio <= 0) return nothing
  const noise =
    NOISE_Z * Math.sqrt(DISPERSION / expected[lowest.index]! + DISPERSION / expected[highest.index]!)
  const bound = Math.max(EFFECT_BOUND, noise)
  const shortfall = 1 - lowest.ratio / highest.ratio
  const cv = variation(known.map(({ ratio }) => ratio))
  const part = { cv, bound, shortfall, verdict: shortfall > bound ? ('uneven' as const) : ('even' as const) }
  if (part.verdict === 'even') return { part, causes: [], ratios }
  const low = known.filter(({ ratio }) => ratio < (1 - bound) * highest.ratio).map(({ index }) => index)
  return { part, causes: causesOf(members, low, shortfall, cv), ratios }
}

/**
 * What counts as delivered. For a member that kept up, its replies in time. For one that did not, all that it answered
 * while the load was on: that is its capacity, whereas the deadline cuts a full queue at a place that a hair decides, and
 * what is answered after the load is over says nothing.
 */
function deliveredBy({ offered, replies, answeredUnderLoad }: MemberEvidence): number {
  return answeredUnderLoad < KEPT_UP * offered ? answeredUnderLoad : replies
}

function expectedOf({ members, openLoop, weighted }: ImbalanceInput, delivered: readonly number[]): number[] {
  const all = delivered.reduce((sum, count) => sum + count, 0)
  if (openLoop || weighted)
    return deliveredAtEqualCapacity(
      // Only where the books do not balance is more answered than came.
      members.map(({ offered }, index) => Math.max(offered, delivered[index]!)),
      all,
    )
  // In a closed loop each flow has its turn when it was answered, so that equal members deliver as they have flows.
  const flows = members.reduce((sum, member) => sum + member.flows, 0)
  return members.map((member) => (flows > 0 ? (all * member.flows) / flows : 0))
}

/**
 * Why members deliver less. A request takes them `work × stretch`; a factor is named when it makes up at least half
 * (in logarithms) of what they deliver less.
 */
function causesOf(
  members: readonly MemberEvidence[],
  low: readonly number[],
  shortfall: number,
  size: number,
): ImbalanceCause[] {
  const timesOf = (isLow: boolean) =>
    members.flatMap((member, index) => (low.includes(index) === isLow ? (requestTimeOf(member) ?? []) : []))
  const slowness = compareTimes(timesOf(true), timesOf(false))
  const half = 1 / Math.sqrt(1 - Math.min(shortfall, 0.99))
  const named = slowness ? factors(slowness, [...low], size).filter(({ ratio }) => ratio >= half) : []
  if (named.length === 0) return [{ cause: 'unexplained', members: [...low], size }]
  return named.toSorted((a, b) => b.ratio - a.ratio)
}

function factors(
  { workNs, othersWorkNs, workRatio, stretch, othersStretch, stretchRatio }: Slowness,
  members: number[],
  size: number,
): Extract<ImbalanceCause, { cause: 'slow-member' | 'scheduler' }>[] {
  return [
    {
      cause: 'slow-member',
      members,
      size,
      workPerRequestNs: workNs,
      othersWorkPerRequestNs: othersWorkNs,
      ratio: workRatio,
    },
    { cause: 'scheduler', members, size, stretch, othersStretch, ratio: stretchRatio },
  ]
}

/** Population coefficient of variation. */
function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return mean > 0 ? Math.sqrt(variance) / mean : 0
}
