import { effectiveOf } from '../assembly/effective.js'
import { assembleRepeat } from '../assembly/repeat.js'
import { RpbenchError } from '../errors.js'
import { hostRecord } from './host-record.js'
import type { Repetition, RepeatResult } from '../result/repeat-result.js'
import { shuffled } from '../stats/shuffle.js'
import { Agenda } from './agenda.js'
import { expectedNs } from './expected-time.js'
import type { Progress } from './progress.js'
import { measureRepetition, type RepetitionOptions } from './repetition.js'
import { independentRuns } from './traffic.js'

/** One of the two things that are measured in pairs. */
export type PairSide = Pick<RepetitionOptions, 'repeated' | 'plan' | 'supplied'>

const SIDES = ['base', 'new'] as const
type SideName = (typeof SIDES)[number]

export interface PairsOptions extends Omit<RepetitionOptions, keyof PairSide> {
  base: PairSide
  next: PairSide
  /** pairs */
  repeat: number
  onProgress: (progress: Progress) => void
  /** after each pair, with what all so far give */
  onPair: (pairs: MeasuredPairs) => Promise<void>
}

/** Whole pairs, in the order of time. */
export interface MeasuredPairs {
  base: RepeatResult
  next: RepeatResult
  /** which of each pair was measured first */
  firsts: SideName[]
}

/**
 * Which side of each pair is measured first: each in half of them, in an order that the seed decides, so that what the first
 * leaves behind for the second falls on both alike.
 */
export function firstsOf(pairs: number, seed: number): SideName[] {
  return Array.from(shuffled(pairs, seed), (place) => SIDES[place % 2]!)
}

/**
 * Measures two plans in pairs, one right after the other, with fresh processes and the same draw for both of a pair. What fails
 * is kept with its error; a pair that is interrupted is dropped, and ends it.
 * @throws RpbenchError RPB_INTERRUPTED where no pair was whole
 */
export async function measurePairs(options: PairsOptions): Promise<MeasuredPairs> {
  const { base, next, repeat, onPair, onProgress, ...others } = options
  const { signal, toolVersion } = others
  const began = performance.now()
  const startedAt = new Date().toISOString()
  const sides = { base, new: next }
  const made: Record<SideName, Repetition[]> = { base: [], new: [] }
  const firsts = firstsOf(repeat, base.plan.seed)
  const resultOf = (name: SideName): RepeatResult => {
    const { repeated, plan, supplied } = sides[name]
    const independent = independentRuns(plan) ?? repeat
    return assembleRepeat(
      {
        toolVersion,
        host: hostRecord(plan),
        supplied,
        startedAt,
        durationNs: (performance.now() - began) * 1e6,
        interrupted: made[name].length < repeat,
        of: repeated.of,
        repeat,
        effective: effectiveOf(plan),
        independentRepetitions: independent < repeat ? independent : undefined,
      },
      made[name],
    )
  }
  const soFar = (): MeasuredPairs => ({
    base: resultOf('base'),
    next: resultOf('new'),
    firsts: firsts.slice(0, made.base.length),
  })
  const orders = firsts.map((first) => (first === 'base' ? SIDES : SIDES.toReversed()))
  const agenda = new Agenda(
    onProgress,
    orders.flat().map((name) => ({ what: name, expectedNs: expectedNs(sides[name].plan) })),
  )
  for (const [index, order] of orders.entries()) {
    const pair: Partial<Record<SideName, Repetition>> = {}
    for (const name of order) {
      if (signal.aborted) break
      const told = agenda.begin(name, `pair ${index + 1} of ${repeat} · ${name}`)
      const one = await measureRepetition({ ...others, ...sides[name] }, index, told)
      if (one && !wasInterrupted(one)) pair[name] = one
    }
    if (!pair.base || !pair.new) break
    made.base.push(pair.base)
    made.new.push(pair.new)
    if (made.base.length < repeat) await onPair(soFar())
  }
  if (made.base.length === 0)
    throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before a pair was whole.')
  return soFar()
}

const wasInterrupted = ({ run, churn }: Repetition): boolean => (run ?? churn)?.stopped === 'interrupted'
