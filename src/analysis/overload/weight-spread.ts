import type { Imbalance, ImbalanceCause } from '../../result/imbalance.js'
import type { FlowSpread } from './flow-spread.js'
import type { ImbalanceInput } from './imbalance-input.js'

export interface WeightSpread {
  part: Imbalance['parts']['weights']
  causes: ImbalanceCause[]
}

/** The spread from which on it matters, the same as for flows (Cohen's w): see BalanceOptions. */
const EFFECT_BOUND = 0.1

/**
 * The part of the weights: what was offered to each member for each of its flows, against the mean of all. What was
 * sent was counted, so this needs no test, only a size from which on it matters.
 *
 * Where flows were left out altogether by their weight, or where too many were put is not known, what was offered is
 * held against equal parts, unless it is the hash that is not even.
 * Without weights there is nothing to tell where that is not known. In a closed loop without weights flows are asked as fast as they are answered: that is no weight, it is in the delivery.
 */
export function weightSpread(input: ImbalanceInput, { part: hash }: FlowSpread): WeightSpread {
  const { members, weighted, openLoop, unaskedFlows, effectiveFlows } = input
  const bound = EFFECT_BOUND
  const even: WeightSpread = { part: { cv: 0, bound, verdict: 'even' }, causes: [] }
  if (!weighted && (!openLoop || hash.verdict === 'unknown')) return even
  const byFlow = hash.verdict !== 'unknown' && (!weighted || unaskedFlows === 0 || hash.verdict === 'uneven')
  const base = members.map(({ flows }) => (byFlow ? flows : 1))
  const got = members.map(({ offered }) => offered)
  const flows = sum(base)
  const sent = sum(got)
  if (flows === 0 || sent === 0) return even
  const ratios = base.map((n, index) => (n === 0 ? 1 : got[index]! / n / (sent / flows)))
  const cv = Math.sqrt(sum(ratios.map((ratio, index) => (base[index]! / flows) * (ratio - 1) ** 2)))
  if (cv <= bound) return { part: { cv, bound, verdict: 'even' }, causes: [] }
  const concerned = ratios.flatMap((ratio, index) => (Math.abs(ratio - 1) > bound ? [index] : []))
  return {
    part: { cv, bound, verdict: 'uneven' },
    causes: [
      {
        cause: 'weights',
        members: concerned,
        size: cv,
        flows: sum(members.map((member) => member.flows)),
        effectiveFlows,
      },
    ],
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
