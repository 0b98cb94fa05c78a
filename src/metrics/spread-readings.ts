import type { SPREAD_METRICS } from '../plan/metrics/spread.js'
import { probabilityInterval } from '../stats/binomial.js'
import { detectableEffect, effectInterval, flowsForEffect } from '../stats/power.js'
import { formatCount } from '../units/format.js'
import type { Measured } from './measured.js'
import { ALPHA, exactly, type Bounds, type Reader, type Readers } from './reading.js'

/** The bound on Cohen's w of balance, where a result does not say its own (docs/balance.md). */
const EFFECT_BOUND_W = 0.1

/** Flows and members, of a spread of which they are known. */
interface Size {
  flows: number
  members: number
  effectBoundW: number
}

const OLD = 'the result, of an older version, does not say how many flows there were'
const UNKNOWN = 'too many flows were lost to know where they were put; the figure is that of the others'

const unbounded = (doubt: string): Bounds => ({ low: -Infinity, high: Infinity, doubt })

/** A figure of how flows spread; of a spread of which too little is known it says nothing. */
function spreadReader(
  key: 'maxOverMean' | 'minOverMean' | 'cv' | 'pValue',
  bounds: (value: number, size: Size, limit: number) => Bounds,
): Reader {
  return ({ balance }) => {
    const value = balance?.[key]
    if (balance === undefined || value === undefined) return undefined
    const { flows, members, verdict, effectBoundW = EFFECT_BOUND_W } = balance
    const reading = { value, n: flows ?? 1, of: 'flows' as const }
    if (verdict === 'unknown') return { ...reading, partial: true, bounds: () => unbounded(UNKNOWN) }
    if (flows === undefined || members === undefined) return { ...reading, bounds: () => unbounded(OLD) }
    return { ...reading, bounds: (limit) => bounds(value, { flows, members, effectBoundW }, limit) }
  }
}

/**
 * Between which multiples of the mean a member's share lies, whichever it is: the interval of its probability, with the error
 * shared out over the members (Bonferroni).
 */
function shareBounds(overMean: number, { flows, members }: Size): [low: number, high: number] {
  if (members === 1) return [1, 1]
  const [low, high] = probabilityInterval(Math.round((overMean * flows) / members), flows, ALPHA / members)
  return [low * members, high * members]
}

/**
 * A large p is no evidence where these flows could not have made it small: they must show a skew of the size that counts at the
 * significance that is asked for, in 80 % of cases.
 */
function pValueBounds(value: number, { flows, members, effectBoundW }: Size, limit: number): Bounds {
  const alpha = Math.min(0.5, Math.max(limit, Number.MIN_VALUE))
  if (members === 1 || detectableEffect(flows, members, alpha) <= effectBoundW)
    return { low: value, high: value }
  const needed = flowsForEffect(effectBoundW, members, alpha)
  return {
    low: 0,
    high: value,
    doubt: `${formatCount(flows)} flows cannot tell: a skew that counts may leave p above ${limit}; it takes ${formatCount(needed)}`,
  }
}

export const SPREAD_READERS: Readers<keyof typeof SPREAD_METRICS> = {
  'balance.maxOverMean': spreadReader('maxOverMean', (value, size) => {
    const [low, high] = shareBounds(value, size)
    return { low: Math.max(1, low), high }
  }),
  'balance.minOverMean': spreadReader('minOverMean', (value, size) => {
    const [low, high] = shareBounds(value, size)
    return { low, high: Math.min(1, high) }
  }),
  'balance.cv': spreadReader('cv', (value, { flows, members }) => {
    const [low, high] = effectInterval(value ** 2 * flows, flows, members, ALPHA)
    return { low, high }
  }),
  'balance.pValue': spreadReader('pValue', pValueBounds),
  'delivery.maxOverMean': (run) => exactly(deliveredMaxOverMean(run), run.books?.replied, 'requests'),
  'delivery.shortfall': ({ imbalance, books }) =>
    exactly(imbalance?.parts.delivery.shortfall, books?.replied, 'requests'),
  'taken.cv': ({ takenBalance, books }) => exactly(takenBalance?.cv, books?.taken, 'requests'),
  'affinity.moved': ({ affinity = {} }) => {
    const { moved, flows, unanswered = 0, unasked = 0 } = affinity
    return exactly(moved, flows === undefined ? 1 : flows - unanswered - unasked, 'flows')
  },
  'affinity.unanswered': ({ affinity = {} }) => {
    const { unanswered, flows = 0, unasked = 0 } = affinity
    return exactly(unanswered, flows - unasked, 'flows')
  },
  'hash.elsewhere': ({ hash }) => hash && exactly(hash.observed - hash.predicted, hash.observed, 'flows'),
}

function deliveredMaxOverMean({ members = [], deliveredMaxOverMean: known }: Measured): number | undefined {
  const replies = members.map((member) => member.replies)
  const sum = replies.reduce((total, n) => total + n, 0)
  return known ?? (sum > 0 ? (Math.max(...replies) * replies.length) / sum : undefined)
}
