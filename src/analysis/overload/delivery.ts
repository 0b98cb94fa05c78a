import type { Imbalance, ImbalanceCause } from '../../result/imbalance.js'
import { deliveredAtEqualCapacity } from './equal-capacity.js'
import type { ImbalanceInput, MemberUnderLoad } from './imbalance-input.js'
import { median } from '../../stats/median.js'
import { compareTimes, requestTimeOf, type Slowness } from './member-time.js'

export interface Delivery {
  part: Imbalance['parts']['delivery']
  causes: ImbalanceCause[]
  /** by member: delivered over expected; undefined where nothing was expected */
  ratios: (number | undefined)[]
}

/**
 * How much less the lowest member may deliver than the highest before it matters. For one member of four it is a
 * coefficient of variation of 12 %, near the bound that the spread of flows has; put so, one member is found among many
 * as well. Members that compute on too few CPUs differ by up to a fifth within seconds (docs/overload.md).
 */
const EFFECT_BOUND = 0.25

/**
 * What a member answers while its queue is never empty varies as its service times do: for exponential ones the count
 * has a variance of its mean (index of dispersion 1), for constant ones nearly none. That losses come in bursts adds
 * nothing to it then. docs/overload.md has what was measured. Four standard deviations of the difference of two members.
 */
const DISPERSION = 1
const NOISE_Z = 4

/**
 * A factor is named from this ratio on, if it makes up a third of what is delivered less (in logarithms) or is threefold;
 * and all that are named have to make up half, or none is. CPU time per request differs by up to a half without any
 * member being slow: by what is in the caches, and by how many requests a batch has. So do waits for a CPU that
 * many want.
 */
const NAMED_FROM = { part: 1 / 3, ratio: 3, work: 1.5, stretch: 1.5 }
const ACCOUNTED_FOR = 1 / 2

/**
 * Where the others wait for a CPU twice as long as they work, or longer, the host is short of CPUs and not one
 * member: who of all gets least within a second is chance, and nobody is singled out.
 */
const OTHERS_STARVE = 3

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
  const { low, less } = belowLargestGap(ascending)
  return { part, causes: causesOf(members, low, less, cv), ratios }
}

/**
 * What counts as delivered. For a member that kept up, its replies in time. For one that did not, all that it answered
 * while the load was on: that is its capacity, whereas the deadline cuts a full queue at a place that a hair decides, and
 * what is answered after the load is over says nothing.
 */
function deliveredBy({ offered, replies, answeredUnderLoad }: MemberUnderLoad): number {
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
 * Members that deliver less than the others: those below the largest gap (as a ratio), since chance alone sets the
 * others apart from each other too.
 * @returns their indexes, and by how much they deliver less, median against median, 0 to 1
 */
function belowLargestGap(ascending: readonly { ratio: number; index: number }[]): {
  low: number[]
  less: number
} {
  const gaps = ascending.slice(1).map(({ ratio }, i) => ratio / ascending[i]!.ratio)
  const split = gaps.indexOf(Math.max(...gaps.filter((gap) => !Number.isNaN(gap)))) + 1
  const medianOf = (part: typeof ascending): number => median(part.map(({ ratio }) => ratio))
  const low = ascending.slice(0, split)
  return {
    low: low.map(({ index }) => index).toSorted((a, b) => a - b),
    less: 1 - medianOf(low) / medianOf(ascending.slice(split)),
  }
}

/** Why members deliver less. A request takes them `work × stretch`, and each factor is held against the others'. */
function causesOf(
  members: readonly MemberUnderLoad[],
  low: readonly number[],
  less: number,
  size: number,
): ImbalanceCause[] {
  const found = factors(members, low, size).toSorted((a, b) => b.ratio - a.ratio)
  const makesUp = (ratio: number, part: number): boolean =>
    ratio >= Math.min(NAMED_FROM.ratio, (1 - less) ** -part)
  const named = found.filter(({ ratio }) => makesUp(ratio, NAMED_FROM.part))
  const together = named.reduce((product, { ratio }) => product * ratio, 1)
  if (named.length > 0 && makesUp(together, ACCOUNTED_FOR)) return named
  return [{ cause: 'unexplained', members: [...low], size }]
}

/**
 * Factors that are large enough to be a cause, each with those of the members that deliver less (`low`) of which it is true
 * by itself: chance may have set another one among them.
 */
function factors(
  members: readonly MemberUnderLoad[],
  low: readonly number[],
  size: number,
): Extract<ImbalanceCause, { cause: 'slow-member' | 'scheduler' }>[] {
  const timesOf = (indexes: readonly number[]) =>
    indexes.flatMap((index) => requestTimeOf(members[index]!) ?? [])
  const others = timesOf([...members.keys()].filter((index) => !low.includes(index)))
  const against = (indexes: readonly number[]): Slowness | undefined => compareTimes(timesOf(indexes), others)
  const odd = (ratioOf: (slowness: Slowness) => number, from: number): number[] =>
    low.filter((index) => {
      const slowness = against([index])
      return slowness !== undefined && ratioOf(slowness) >= from
    })
  const slow = odd(({ workRatio }) => workRatio, NAMED_FROM.work)
  const starved = odd(({ stretchRatio }) => stretchRatio, NAMED_FROM.stretch)
  const [work, wait] = [against(slow), against(starved)]
  return [
    ...(work
      ? [
          {
            cause: 'slow-member' as const,
            members: slow,
            size,
            workPerRequestNs: work.workNs,
            othersWorkPerRequestNs: work.othersWorkNs,
            ratio: work.workRatio,
          },
        ]
      : []),
    ...(wait && wait.othersStretch < OTHERS_STARVE
      ? [
          {
            cause: 'scheduler' as const,
            members: starved,
            size,
            stretch: wait.stretch,
            othersStretch: wait.othersStretch,
            ratio: wait.stretchRatio,
          },
        ]
      : []),
  ]
}

/** Population coefficient of variation. */
function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return mean > 0 ? Math.sqrt(variance) / mean : 0
}
