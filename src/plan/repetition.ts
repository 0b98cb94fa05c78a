import type { RunPlan } from './run-plan.js'

const LARGEST_SEED = 2 ** 31 - 1

/** One of several measurements of the same plan. */
export interface Repetition {
  /** with a seed of its own; with port 0, another server port comes of its own */
  plan: RunPlan
  /** which draw of the plan's flows it has: those of one seed share no source while there are enough */
  draw: { seed: number; index: number }
}

/**
 * Repetition `index` (from 0) of a plan: an independent draw, so that repetitions can be pooled and their spread be read as
 * chance. The same sources at the same address and port would be the same draw, however often it is repeated.
 */
export function repetitionOf(plan: RunPlan, index: number): Repetition {
  return {
    plan: { ...plan, seed: (plan.seed + index) % (LARGEST_SEED + 1) },
    draw: { seed: plan.seed, index },
  }
}
