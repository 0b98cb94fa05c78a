import type { Axis } from './axis.js'
import type { RunPlan } from './run-plan.js'
import { shuffled } from '../stats/shuffle.js'

/** One combination of the axes' values. */
export interface SweepPoint {
  index: number
  /** the value of each axis here, as `run` reads it */
  flags: Record<string, string>
  /** of one run at this point, before a repetition gives it its own seed */
  plan: RunPlan
}

/** What is measured at each point, and in which order. */
export interface SweepPlan {
  axes: Axis[]
  points: SweepPoint[]
  /** combinations that make no sense, with the sentence that says why */
  skipped: { flags: Record<string, string>; reason: string }[]
  repeat: number
  /** of a point's repetitions, how many share no source; absent where all do not, or where that does not matter */
  independentRuns?: number
  /** the points of each repetition, in the order in which they run */
  order: number[][]
}

/** Every combination of the axes' values; the last axis changes fastest. */
export function combinationsOf(axes: readonly Axis[]): Record<string, string>[] {
  return axes.reduce<Record<string, string>[]>(
    (points, { flag, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [flag]: value }))),
    [{}],
  )
}

/**
 * The order of runs: repetition by repetition, the points of each in an order of its own that the seed decides, so
 * that a drift of the machine does not look like the effect of an axis.
 * @returns indexes of points, a list for each repetition
 */
export function orderOf(points: number, repeat: number, seed: number): number[][] {
  return Array.from({ length: repeat }, (_, repetition) => [...shuffled(points, seed + repetition)])
}

/** Words for a combination of values, without those of one flag: `procs 4 · steering hash`. */
export function pointLabel(flags: Readonly<Record<string, string>>, without?: string): string {
  return Object.entries(flags)
    .filter(([flag]) => flag !== without)
    .map(([flag, value]) => `${flag} ${value}`)
    .join(' · ')
}
